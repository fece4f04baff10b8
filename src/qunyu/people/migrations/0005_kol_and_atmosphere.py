"""The roles of KOLs and of the atmosphere team, where a deployment began without them."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from qunyu.people.rules import BUILT_IN_ROLES


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for code in ("kol", "atmosphere"):
        words, _ = BUILT_IN_ROLES[code]
        apps.get_model("people", "Role").objects.get_or_create(
            code=code, defaults={"name_zh": words.zh, "name_en": words.en}
        )


class Migration(migrations.Migration):
    dependencies = (("people", "0004_settings_permission"),)
    operations = (migrations.RunPython(add, migrations.RunPython.noop),)
