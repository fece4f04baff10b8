import django.db.models.deletion
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_profile_imports"),
        ("people", "0007_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="TagGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("help", models.CharField(blank=True, max_length=200)),
                ("exclusive", models.BooleanField(default=False)),
                ("position", models.IntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.unit")),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("help", models.CharField(blank=True, max_length=200)),
                ("position", models.IntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tags", to="members.taggroup"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tagging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(db_index=True, max_length=14)),
                (
                    "source",
                    models.CharField(choices=[("hand", "手工"), ("import", "导入"), ("rule", "规则")], max_length=6),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("by_name", models.CharField(max_length=120)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by_name", models.CharField(blank=True, max_length=120)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="taggings", to="members.member"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="taggings", to="members.tag"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["member", "tag"], name="members_tag_member__4a44c2_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("tag", "member", "source"),
                        name="tagging_once",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="taggroup",
            constraint=models.UniqueConstraint(fields=("unit", "name"), name="tag_group_once"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("group", "name"), name="tag_once_in_group"),
        ),
    ]
