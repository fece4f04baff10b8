from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Of an entry only its reason may change: erasure takes names out of it.
_FIXED = ("id", "at", "actor", "actor_name", "action", "object_kind", "object_id")

_SQLITE = (
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON kernel_auditentry BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON kernel_auditentry WHEN "
    + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in (*_FIXED, "data"))
    + " BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'audit entries are append-only'; END $$",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON kernel_auditentry FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON kernel_auditentry FOR EACH ROW WHEN ("
    + " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)
    + " OR NEW.data::text IS DISTINCT FROM OLD.data::text) EXECUTE FUNCTION audit_append_only()",
)


def fasten(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
        editor.execute(statement)


def loosen(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    table = "" if editor.connection.vendor == "sqlite" else " ON kernel_auditentry"
    for name in ("audit_no_delete", "audit_no_update"):
        editor.execute(f"DROP TRIGGER {name}{table}")
    if table:
        editor.execute("DROP FUNCTION audit_append_only()")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(fasten, loosen)]
