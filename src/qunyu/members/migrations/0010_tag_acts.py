import django.db.models.deletion
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0009_tags"),
        ("people", "0007_sign_in"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="taggroup", name="tag_group_once"),
        migrations.RemoveConstraint(model_name="tag", name="tag_once_in_group"),
        migrations.AddField(
            model_name="taggroup",
            name="folded",
            field=models.CharField(default="", max_length=240),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="tag",
            name="folded",
            field=models.CharField(default="", max_length=240),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="tagging",
            name="withdrawn_act",
            field=models.CharField(blank=True, db_index=True, default="", max_length=14),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="taggroup",
            constraint=models.UniqueConstraint(fields=("unit", "folded"), name="tag_group_once"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("group", "folded"), name="tag_once_in_group"),
        ),
        migrations.CreateModel(
            name="TagAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("put", "Put"),
                            ("take", "Take"),
                            ("import", "Import"),
                            ("rule", "Rule"),
                            ("merge", "Merge"),
                        ],
                        max_length=6,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("people", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("by_name", models.CharField(max_length=120)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_name", models.CharField(blank=True, max_length=120)),
                (
                    "into",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.tag"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.tag"
                    ),
                ),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.unit")),
            ],
        ),
    ]
