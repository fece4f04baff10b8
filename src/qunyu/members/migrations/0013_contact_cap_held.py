from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Contacts of everything that the person is, whichever identity each was written for.
_HEAD = "(SELECT member_id FROM members_identity WHERE own_member_id = NEW.member_id)"
_COUNTED = (
    "SELECT count(*) FROM members_contact c JOIN members_identity i ON i.own_member_id = c.member_id "
    "WHERE i.member_id = {head} AND c.standing NOT IN ('in', 'answer') AND c.at > NEW.{since}{more}"
)
# What decides about a place under the cap stays as it was when the place was taken.
_FIXED = ("member_id", "at", "direction", "standing", "selling", "most", "since", "selling_most", "selling_since")


def _full(head: str) -> tuple[str, str]:
    whole = _COUNTED.format(head=head, since="since", more="")
    selling = _COUNTED.format(head=head, since="selling_since", more=" AND c.selling")
    return f"({whole}) >= NEW.most", f"NEW.selling AND ({selling}) >= NEW.selling_most"


_CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED)
_SQLITE = (
    "CREATE TRIGGER contact_cap BEFORE INSERT ON members_contact WHEN NEW.standing = 'planned' BEGIN "
    + "".join(f"SELECT RAISE(ABORT, 'contact cap') WHERE {each}; " for each in _full(_HEAD))
    + "END",
    "CREATE TRIGGER contact_kept BEFORE UPDATE ON members_contact "
    f"WHEN (OLD.standing IN ('planned', 'passed') OR NEW.standing IN ('planned', 'passed')) AND ({_CHANGED}) "
    "BEGIN SELECT RAISE(ABORT, 'contact kept'); END",
)
_ALL, _SELLING = _full("head")
_POSTGRESQL = (
    "CREATE FUNCTION contact_cap() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE head bigint; BEGIN "
    f"head := {_HEAD}; "
    # Whoever comes second waits here, and then counts what the first wrote.
    "PERFORM pg_advisory_xact_lock(hashtext('qunyu contact cap'), mod(head, 2147483647)::int); "
    f"IF ({_ALL}) OR ({_SELLING}) THEN "
    "RAISE EXCEPTION 'contact cap' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER contact_cap BEFORE INSERT ON members_contact FOR EACH ROW WHEN (NEW.standing = 'planned') "
    "EXECUTE FUNCTION contact_cap()",
    "CREATE FUNCTION contact_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'contact kept' USING ERRCODE = 'check_violation'; END $$",
    "CREATE TRIGGER contact_kept BEFORE UPDATE ON members_contact FOR EACH ROW "
    "WHEN ((OLD.standing IN ('planned', 'passed') OR NEW.standing IN ('planned', 'passed')) AND ("
    + " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)
    + ")) EXECUTE FUNCTION contact_kept()",
)


def fasten(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
        editor.execute(statement)


def loosen(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = editor.connection.vendor == "sqlite"
    for name in ("contact_cap", "contact_kept"):
        editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else " ON members_contact"))
        if not is_sqlite:
            editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("members", "0012_contact_cap")]
    operations = [migrations.RunPython(fasten, loosen)]
