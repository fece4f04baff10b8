import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("communities", "0002_duties_and_work"),
        ("members", "0017_recurring_days"),
        ("people", "0007_sign_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FavourAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("kind", models.CharField(max_length=14)),
                ("what", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField(db_index=True)),
                ("by_name", models.CharField(max_length=120)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "等待答复"),
                            ("agreed", "答应了"),
                            ("did", "做到了"),
                            ("declined", "婉拒"),
                            ("silent", "没有答复"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("outcome_at", models.DateTimeField(null=True)),
                ("thanks", models.CharField(blank=True, max_length=7)),
                ("thanks_note", models.CharField(blank=True, max_length=200)),
                (
                    "contact",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="members.contact"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="favour_asks", to="members.member"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Brought",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("measured", models.BooleanField(default=False)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
                (
                    "ask",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="brought", to="care.favourask"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Occasion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("subject", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField()),
                ("due", models.DateField()),
                ("needs", models.CharField(blank=True, max_length=20)),
                ("evidence", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待联系"), ("done", "已联系"), ("dropped", "不联系")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("contacted_at", models.DateTimeField(null=True)),
                ("channel", models.CharField(blank=True, max_length=10)),
                ("before", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_name", models.CharField(blank=True, max_length=120)),
                ("seen_at", models.DateTimeField()),
                (
                    "community",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="communities.community",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="members.contact"
                    ),
                ),
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
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="occasions", to="members.member"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("channel", models.CharField(max_length=10)),
                ("text", models.CharField(max_length=400)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="favourask",
            index=models.Index(fields=["member", "asked_at"], name="care_favour_member__5700f1_idx"),
        ),
        migrations.AddConstraint(
            model_name="brought",
            constraint=models.UniqueConstraint(fields=("ask", "member"), name="brought_once"),
        ),
        migrations.AddIndex(
            model_name="occasion",
            index=models.Index(fields=["state", "due", "id"], name="care_occasi_state_bbba3f_idx"),
        ),
        migrations.AddIndex(
            model_name="occasion",
            index=models.Index(fields=["kind", "day"], name="care_occasi_kind_994a6d_idx"),
        ),
        migrations.AddConstraint(
            model_name="occasion",
            constraint=models.UniqueConstraint(fields=("member", "kind", "subject", "day"), name="occasion_once"),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.UniqueConstraint(fields=("unit", "kind", "channel"), name="opening_once"),
        ),
    ]
