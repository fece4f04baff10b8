"""The top of the organisation tree and the roles that come with the product."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from qunyu.people.rules import BUILT_IN_ROLES


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    unit = apps.get_model("people", "Unit")
    role = apps.get_model("people", "Role")
    root = unit.objects.create(parent=None, name="总部", path="/")
    unit.objects.filter(pk=root.pk).update(path=f"/{root.pk}/")
    for code, (words, permissions) in BUILT_IN_ROLES.items():
        role.objects.create(code=code, name_zh=words.zh, name_en=words.en, permissions=list(permissions))


class Migration(migrations.Migration):
    dependencies = (("people", "0001_initial"),)
    operations = (migrations.RunPython(make, migrations.RunPython.noop),)
