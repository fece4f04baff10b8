from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLES = ("kernel_auditseal", "kernel_auditmending")


def fasten(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for table in _TABLES:
        for what in ("UPDATE", "DELETE"):
            name = f"{table}_no_{what.lower()}"
            if editor.connection.vendor == "sqlite":
                raising = "BEGIN SELECT RAISE(ABORT, 'seals of audit entries are append-only'); END"
                editor.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} {raising}")
            else:
                # Made with the triggers of the entries.
                call = "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
                editor.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} {call}")


def loosen(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for table in _TABLES:
        for what in ("update", "delete"):
            where = "" if editor.connection.vendor == "sqlite" else f" ON {table}"
            editor.execute(f"DROP TRIGGER {table}_no_{what}{where}")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_audit_seals")]
    operations = [migrations.RunPython(fasten, loosen)]
