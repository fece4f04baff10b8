"""Kept answers may hold a secret shown once: from now on they lie sealed."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from qunyu.api.idempotency import PURPOSE
from qunyu.kernel.sealed import seal


def seal_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for answer in apps.get_model("api", "KeptAnswer").objects.all():
        answer.body = seal(answer.body, PURPOSE)
        answer.save(update_fields=("body",))


class Migration(migrations.Migration):
    dependencies = (("api", "0001_kept_answers"),)
    operations = (migrations.RunPython(seal_all, migrations.RunPython.noop),)
