from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from qunyu.kernel.sealed import keyed, readable


def tell_days(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    entries = apps.get_model("members", "ProfileEntry").objects
    kept = (
        apps.get_model("members", "Field")
        .objects.filter(kind="birthday", sensitive=False)
        .values_list("key", flat=True)
    )
    rows = entries.filter(field__in=["birthday", *kept]).exclude(value="")
    for key, value, sealed in list(rows.values_list("pk", "value", "sealed")):
        plain = readable(value, "members.profile") if sealed else value
        if plain:
            entries.filter(pk=key).update(recurs=keyed(plain[-5:], "members.recurring"))


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0016_contact_cap_held"),
    ]

    operations = [
        migrations.AddField(
            model_name="profileentry",
            name="recurs",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.RunPython(tell_days, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="profileentry",
            index=models.Index(
                condition=models.Q(("recurs", ""), _negated=True), fields=["field", "recurs"], name="profile_recurs"
            ),
        ),
    ]
