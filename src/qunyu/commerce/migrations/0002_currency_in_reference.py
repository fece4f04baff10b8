"""A number in two currencies is two orders: the currency becomes part of the reference."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Value
from django.db.models.functions import Concat


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    numbered = apps.get_model("commerce", "Order").objects.exclude(number="")
    numbered.update(reference=Concat(F("number"), Value(" "), F("currency")))


def take_away(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("commerce", "Order").objects.exclude(number="").update(reference=F("number"))


class Migration(migrations.Migration):
    dependencies = [("commerce", "0001_initial")]

    operations = [migrations.RunPython(add, take_away)]
