"""Directors and owners may change thresholds from now on."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PERMISSION = "settings.edit"


def give(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("people", "Role").objects.filter(code__in=("director", "owner")):
        if PERMISSION not in role.permissions:
            role.permissions = [*role.permissions, PERMISSION]
            role.save(update_fields=("permissions",))


class Migration(migrations.Migration):
    dependencies = (("people", "0003_unit_settings"),)
    operations = (migrations.RunPython(give, migrations.RunPython.noop),)
