from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLES = ("kernel_auditseal", "kernel_auditmending")
_ALL = ("kernel_auditentry", *_TABLES)


def fasten(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    sqlite = editor.connection.vendor == "sqlite"
    for table in _TABLES:
        for what in ("UPDATE", "DELETE"):
            name = f"{table}_no_{what.lower()}"
            if sqlite:
                raising = "BEGIN SELECT RAISE(ABORT, 'seals of audit entries are append-only'); END"
                editor.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} {raising}")
            else:
                # Made with the triggers of the entries.
                call = "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
                editor.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} {call}")
    if sqlite:
        raising = "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        when = f"BEFORE UPDATE ON kernel_auditentry WHEN NEW.written IS NOT OLD.written {raising}"
        editor.execute(f"CREATE TRIGGER audit_written_no_update {when}")
        return
    when = "BEFORE UPDATE ON kernel_auditentry FOR EACH ROW WHEN (NEW.written IS DISTINCT FROM OLD.written)"
    editor.execute(f"CREATE TRIGGER audit_written_no_update {when} EXECUTE FUNCTION audit_append_only()")
    for table in _ALL:
        call = "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        editor.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {call}")


def loosen(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    sqlite = editor.connection.vendor == "sqlite"
    made = [(f"{table}_no_{what}", table) for table in _TABLES for what in ("update", "delete")]
    made.append(("audit_written_no_update", "kernel_auditentry"))
    if not sqlite:
        made += [(f"{table}_no_truncate", table) for table in _ALL]
    for name, table in made:
        editor.execute(f"DROP TRIGGER {name}{'' if sqlite else f' ON {table}'}")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_audit_seals")]
    operations = [migrations.RunPython(fasten, loosen)]
