import django.db.models.deletion
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0011_erased_members"),
        ("people", "0007_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("until", models.DateField(null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProspectRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("at", models.DateTimeField()),
                ("as_of", models.DateField(null=True)),
                ("horizon", models.SmallIntegerField()),
                ("people", models.BigIntegerField(default=0)),
                ("base", models.FloatField(null=True)),
                ("figures", models.JSONField(default=dict)),
                ("finished", models.BooleanField(default=False)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Prospect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.IntegerField()),
                ("chance", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("signals", models.CharField(max_length=300)),
                ("reason", models.CharField(max_length=20)),
                ("last_active", models.DateField(null=True)),
                ("spoken", models.BigIntegerField(default=0)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prospects",
                        to="prospects.prospectrun",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorthRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("at", models.DateTimeField()),
                ("first", models.DateField(null=True)),
                ("last", models.DateField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("figures", models.JSONField(default=dict)),
                ("finished", models.BooleanField(default=False)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Worth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(max_length=6)),
                ("place", models.IntegerField()),
                ("since", models.DateField()),
                ("orders", models.IntegerField()),
                ("revenue", models.BigIntegerField()),
                ("refunds", models.BigIntegerField()),
                ("profit", models.BigIntegerField(null=True)),
                ("brought", models.IntegerField()),
                ("brought_revenue", models.BigIntegerField()),
                ("contacts", models.IntegerField()),
                ("complaints", models.IntegerField()),
                ("care", models.BigIntegerField(null=True)),
                ("points", models.BigIntegerField()),
                ("rewards", models.BigIntegerField(null=True)),
                ("benefits", models.IntegerField()),
                ("days", models.IntegerField()),
                ("upkeep", models.BigIntegerField(null=True)),
                ("costs", models.BigIntegerField()),
                ("balance", models.BigIntegerField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="prospects.worthrun"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=20)),
                ("chance", models.FloatField(null=True)),
                ("outcome", models.CharField(max_length=10)),
                ("by_name", models.CharField(max_length=120)),
                (
                    "contact",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="members.contact"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "at"], name="prospects_a_unit_id_70390e_idx")],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("signal", models.CharField(max_length=20)),
                ("text", models.CharField(max_length=400)),
                ("changed_at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("unit", "signal"), name="prospect_opening_once")],
            },
        ),
        migrations.AddIndex(
            model_name="prospectrun",
            index=models.Index(fields=["unit", "-id"], name="prospects_p_unit_id_e23460_idx"),
        ),
        migrations.AddIndex(
            model_name="prospect",
            index=models.Index(fields=["run", "rank"], name="prospects_p_run_id_f6d74a_idx"),
        ),
        migrations.AddConstraint(
            model_name="prospect",
            constraint=models.UniqueConstraint(fields=("run", "member"), name="prospect_once"),
        ),
        migrations.AddIndex(
            model_name="worthrun",
            index=models.Index(fields=["unit", "-id"], name="prospects_w_unit_id_a59444_idx"),
        ),
        migrations.AddIndex(
            model_name="worth",
            index=models.Index(fields=["run", "side", "place"], name="prospects_w_run_id_2cc54d_idx"),
        ),
        migrations.AddConstraint(
            model_name="worth",
            constraint=models.UniqueConstraint(fields=("run", "member"), name="worth_once"),
        ),
    ]
