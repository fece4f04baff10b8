from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Contacts of everything that the person is, whichever identity each was written for.
_HEAD = "(SELECT member_id FROM members_identity WHERE own_member_id = NEW.member_id)"
_COUNTED = (
    "(SELECT count(*) FROM members_contact c JOIN members_identity i ON i.own_member_id = c.member_id "
    "WHERE i.member_id = {head} AND {of}) >= NEW.{most}"
)
_REACHED = "c.standing NOT IN ('in', 'answer') AND c.at > NEW.{since}{more}"
# What decides about a place under the cap stays as it was when the place was taken.
_FIXED = ("member_id", "at", "direction", "standing", "selling", "most", "since", "selling_most", "selling_since")


def _refused(head: str, is_short: str) -> str:
    """What is refused: a planned contact beyond its cap, or with a window shorter than a day; an answer more than what they wrote covers."""
    whole = _COUNTED.format(head=head, of=_REACHED.format(since="since", more=""), most="most")
    sells = _REACHED.format(since="selling_since", more=" AND c.selling")
    selling = _COUNTED.format(head=head, of=sells, most="selling_most")
    answered = _COUNTED.format(head=head, of="c.standing = 'answer' AND c.at >= NEW.since", most="most")
    short = " OR ".join(is_short.format(since=each) for each in ("since", "selling_since"))
    planned = f"NEW.standing = 'planned' AND ({short} OR {whole} OR (NEW.selling AND {selling}))"
    return f"({planned}) OR (NEW.standing = 'answer' AND {answered})"


_CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED)
# With `most` it went through the gate.
_GATED = "OLD.most IS NOT NULL OR NEW.most IS NOT NULL OR NEW.standing IN ('planned', 'passed')"
_SQLITE = (
    "CREATE TRIGGER contact_cap BEFORE INSERT ON members_contact WHEN "
    + _refused(_HEAD, "julianday(NEW.at) - julianday(NEW.{since}) < 0.999")
    + " BEGIN SELECT RAISE(ABORT, 'contact cap'); END",
    f"CREATE TRIGGER contact_kept BEFORE UPDATE ON members_contact WHEN ({_GATED}) AND ({_CHANGED}) "
    "BEGIN SELECT RAISE(ABORT, 'contact kept'); END",
)
_HERE = _refused("head", "NEW.at - NEW.{since} < interval '23 hours 58 minutes'")
_POSTGRESQL = (
    "CREATE FUNCTION contact_cap() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE head bigint; BEGIN "
    f"head := {_HEAD}; "
    # Whoever comes second waits here, and then counts what the first wrote.
    "PERFORM pg_advisory_xact_lock(hashtext('qunyu contact cap'), mod(head, 2147483647)::int); "
    f"IF {_HERE} THEN "
    "RAISE EXCEPTION 'contact cap' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER contact_cap BEFORE INSERT ON members_contact FOR EACH ROW "
    "WHEN (NEW.standing IN ('planned', 'passed', 'answer')) EXECUTE FUNCTION contact_cap()",
    "CREATE FUNCTION contact_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'contact kept' USING ERRCODE = 'check_violation'; END $$",
    "CREATE TRIGGER contact_kept BEFORE UPDATE ON members_contact FOR EACH ROW "
    f"WHEN (({_GATED}) AND ("
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
    dependencies = [("members", "0015_contact_cap")]
    operations = [migrations.RunPython(fasten, loosen)]
