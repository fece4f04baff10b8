import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0009_tags"),
        ("people", "0007_sign_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("act", models.CharField(db_index=True, max_length=14)),
                (
                    "kind",
                    models.CharField(
                        choices=[("rating", "评分"), ("survey", "问卷"), ("complaint", "投诉"), ("praise", "好评")],
                        max_length=9,
                    ),
                ),
                ("score", models.SmallIntegerField()),
                ("text", models.TextField(blank=True)),
                ("about", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField(db_index=True)),
                ("by", models.CharField(max_length=40)),
                ("by_name", models.CharField(max_length=120)),
                ("written_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "待处理"),
                            ("working", "处理中"),
                            ("settled", "已解决"),
                            ("refused", "未采纳"),
                        ],
                        default="new",
                        max_length=7,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("content", models.BooleanField(null=True)),
                (
                    "keeper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opinion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="complaint", to="satisfaction.opinion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answers", models.JSONField()),
                ("score", models.SmallIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "ask",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reply",
                        to="satisfaction.ask",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="opinion",
            name="reply",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="opinion", to="satisfaction.reply"
            ),
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("did", models.CharField(max_length=10)),
                ("words", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="satisfaction.complaint"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("title", models.CharField(max_length=60)),
                ("intro", models.CharField(blank=True, max_length=300)),
                ("thanks", models.CharField(blank=True, max_length=200)),
                ("questions", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("open", "进行中"), ("closed", "已结束")],
                        default="draft",
                        max_length=6,
                    ),
                ),
                ("token", models.CharField(max_length=14, null=True, unique=True)),
                ("by_name", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.unit")),
            ],
        ),
        migrations.AddField(
            model_name="reply",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="satisfaction.survey"
            ),
        ),
        migrations.AddField(
            model_name="ask",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="asks", to="satisfaction.survey"
            ),
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(fields=["member", "at"], name="satisfactio_member__18c103_idx"),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 100)), name="opinion_score_0_to_100"
            ),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.UniqueConstraint(fields=("survey", "member"), name="ask_once"),
        ),
    ]
