from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Its name begins with a digit, so no statement can import it.
_HELD = import_module("qunyu.members.migrations.0016_contact_cap_held")
# One lock for each of many thousand people, given an offer in one transaction, is more than PostgreSQL has room for.
_PLACES = 1024


def _kept_in(places: int) -> str:
    """The function of migration 0016, with people waiting for one another in so many places."""
    return (
        "CREATE OR REPLACE FUNCTION contact_cap() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE head bigint; BEGIN "
        f"head := {_HELD._HEAD}; "
        f"PERFORM pg_advisory_xact_lock(hashtext('qunyu contact cap'), mod(head, {places})::int); "
        f"IF {_HELD._HERE} THEN "
        "RAISE EXCEPTION 'contact cap' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )


def narrow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_kept_in(_PLACES))


def widen(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_kept_in(2147483647))


class Migration(migrations.Migration):
    dependencies = [("members", "0018_seal_direct_chats")]
    operations = [migrations.RunPython(narrow, widen)]
