"""Makes a deployment ready in a process of its own: `python prepare.py CHAT` migrates, adds a director and imports the chat."""

from __future__ import annotations

import sys
from pathlib import Path

import django

USERNAME, PASSWORD = "director", "a long enough phrase 7"


def main(chat: Path) -> None:
    """Works on the deployment of the environment."""
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from qunyu.flows import importing
    from qunyu.flows.actions import ask_import
    from qunyu.flows.place import place
    from qunyu.flows.request import ImportRequest, Part
    from qunyu.kernel.scope import system_scope
    from qunyu.people.actions import add_staff, grant
    from qunyu.people.queries import root_unit

    call_command("migrate", verbosity=0)
    by, now = system_scope("browser tests"), timezone.now()
    staff = add_staff(by=by, username=USERNAME, name="Wang Xiaoman", password=PASSWORD, now=now)
    grant(by=by, staff=staff, role="director", unit=root_unit(), now=now)
    request = ImportRequest(parts=(Part((str(chat),)),))
    owner = ask_import(by=by, unit_id=root_unit().pk, title=chat.stem, request=request, now=now)
    importing.run(owner.pk, place=place(), now=now)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
