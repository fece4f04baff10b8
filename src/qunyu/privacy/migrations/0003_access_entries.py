from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_purposes_retire"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("slot", models.BigIntegerField()),
                ("actor", models.CharField(max_length=40)),
                ("actor_name", models.CharField(max_length=120)),
                ("via", models.CharField(choices=[("console", "控制台"), ("api", "API")], max_length=7)),
                ("page", models.CharField(max_length=30)),
                ("person", models.CharField(blank=True, db_index=True, max_length=64)),
                ("object", models.CharField(blank=True, max_length=64)),
                ("searched", models.CharField(blank=True, max_length=64)),
                ("shown", models.BigIntegerField(null=True)),
            ],
            options={
                "ordering": ("-at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("actor", "slot", "page", "via", "person", "object", "searched"),
                        name="access_once_a_slot",
                    )
                ],
            },
        ),
    ]
