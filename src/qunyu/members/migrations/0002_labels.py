import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LabelRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("as_of", models.DateField()),
                ("people", models.BigIntegerField(null=True)),
                ("changed", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="PastLabel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=30)),
                ("value", models.CharField(max_length=30)),
                ("rule", models.SmallIntegerField()),
                ("figures", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="past_labels", to="members.member"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=30)),
                ("value", models.CharField(max_length=30)),
                ("rule", models.SmallIntegerField()),
                ("figures", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("since", models.DateField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="labels", to="members.member"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["key", "value", "member"], name="members_lab_key_02065e_idx")],
                "constraints": [models.UniqueConstraint(fields=("member", "key"), name="label_once")],
            },
        ),
    ]
