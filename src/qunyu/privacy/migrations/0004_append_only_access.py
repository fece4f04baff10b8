from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

# As the shortest period there may be (privacy.personal): what is younger nobody removes.
_SQLITE = (
    "CREATE TRIGGER access_no_update BEFORE UPDATE ON privacy_accessentry "
    "BEGIN SELECT RAISE(ABORT, 'access entries are append-only'); END",
    "CREATE TRIGGER access_no_delete BEFORE DELETE ON privacy_accessentry WHEN OLD.at > datetime('now', '-30 days') "
    "BEGIN SELECT RAISE(ABORT, 'access entries are append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION access_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'access entries are append-only'; END $$",
    "CREATE TRIGGER access_no_update BEFORE UPDATE ON privacy_accessentry FOR EACH ROW EXECUTE FUNCTION access_append_only()",
    "CREATE TRIGGER access_no_delete BEFORE DELETE ON privacy_accessentry FOR EACH ROW "
    "WHEN (OLD.at > now() - interval '30 days') EXECUTE FUNCTION access_append_only()",
    "CREATE TRIGGER access_no_truncate BEFORE TRUNCATE ON privacy_accessentry FOR EACH STATEMENT EXECUTE FUNCTION access_append_only()",
)
DAYS = 180


def fasten(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
        editor.execute(statement)


def loosen(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    table = "" if editor.connection.vendor == "sqlite" else " ON privacy_accessentry"
    for name in ("access_no_delete", "access_no_update", *(("access_no_truncate",) if table else ())):
        editor.execute(f"DROP TRIGGER {name}{table}")
    if table:
        editor.execute("DROP FUNCTION access_append_only()")


def begin(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    told = {"days": DAYS, "set_at": timezone.now(), "by_name": "system"}
    apps.get_model("privacy", "Period").objects.get_or_create(kind="views", defaults=told)


def end(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("privacy", "Period").objects.filter(kind="views").delete()


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_access_entries")]
    operations = [migrations.RunPython(fasten, loosen), migrations.RunPython(begin, end)]
