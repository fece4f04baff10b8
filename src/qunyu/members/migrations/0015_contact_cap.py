import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def tell_who_began(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("members", "Contact").objects.filter(direction="in").update(standing="in")


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0014_seal_ids"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Quiet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=10)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("until", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_name", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.AddField(
            model_name="contact",
            name="feature",
            field=models.CharField(default="hand", max_length=20),
        ),
        migrations.AddField(
            model_name="contact",
            name="most",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="selling",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="contact",
            name="selling_most",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="selling_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="standing",
            field=models.CharField(
                choices=[
                    ("in", "对方联系我们"),
                    ("answer", "回复"),
                    ("within", "手记"),
                    ("over", "手记，超出上限"),
                    ("planned", "经过上限"),
                    ("passed", "破例"),
                    ("before", "设上限之前"),
                ],
                default="before",
                max_length=7,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="contact",
            name="why",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(tell_who_began, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("direction", "in"), ("standing", "in")),
                    models.Q(("direction", "out"), models.Q(("standing__in", ("in", "")), _negated=True)),
                    _connector="OR",
                ),
                name="contact_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("standing", "planned"), _negated=True),
                    models.Q(
                        ("most__gte", 1),
                        ("most__lte", 20),
                        ("selling_most__gte", 0),
                        ("selling_most__lte", 20),
                        ("selling_since__isnull", False),
                        ("since__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="contact_planned_under_a_cap",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("standing", "passed"), ("why", ""), _negated=True),
                name="contact_passed_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("selling", True), ("standing", "answer"), _negated=True),
                name="contact_answer_not_selling",
            ),
        ),
        migrations.AddField(
            model_name="quiet",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="quiet", to="members.member"
            ),
        ),
    ]
