import django.db.models.deletion
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0011_erased_members"),
        ("people", "0007_sign_in"),
        ("segments", "0002_snapshot_taker"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=10)),
                ("product", models.CharField(blank=True, max_length=120)),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("price", models.BigIntegerField(null=True)),
                ("cost", models.BigIntegerField(null=True)),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("user_types", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, max_length=400)),
                ("archived_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.unit")),
            ],
        ),
        migrations.CreateModel(
            name="Giving",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("segment_name", models.CharField(max_length=60)),
                ("key", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14)),
                ("kind", models.CharField(max_length=10)),
                ("currency", models.CharField(max_length=3)),
                ("price", models.BigIntegerField(null=True)),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                ("channel", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("days", models.SmallIntegerField()),
                ("holdout", models.SmallIntegerField()),
                ("given", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                ("left_out", models.JSONField(default=dict)),
                ("by_name", models.CharField(max_length=120)),
                (
                    "segment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="segments.segment"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="givings", to="offers.offer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Given",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held", models.BooleanField(default=False)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
                (
                    "giving",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="offers.giving"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["member", "held"], name="offers_give_member__fab416_idx")],
                "constraints": [models.UniqueConstraint(fields=("giving", "member"), name="given_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(fields=("unit", "name"), name="offer_once"),
        ),
        migrations.AddConstraint(
            model_name="giving",
            constraint=models.UniqueConstraint(fields=("offer", "key"), name="giving_once"),
        ),
    ]
