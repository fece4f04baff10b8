from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

# As long as they were kept before they had a period: sessions 90 days, wrong passwords until the next one after a quarter of an hour.
DAYS = {"staff_sessions": 90, "sign_in_failures": 1}


def begin(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    for kind, days in DAYS.items():
        told = {"days": days, "set_at": timezone.now(), "by_name": "system"}
        apps.get_model("privacy", "Period").objects.get_or_create(kind=kind, defaults=told)


def end(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("privacy", "Period").objects.filter(kind__in=DAYS).delete()


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_append_only_access")]
    operations = [migrations.RunPython(begin, end)]
