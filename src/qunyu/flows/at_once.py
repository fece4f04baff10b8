"""An import done at once in the calling process, for `qunyu report` and whoever cannot wait for a worker."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from qunyu.events.actions import open_import
from qunyu.flows import importing
from qunyu.flows.place import place
from qunyu.flows.request import ImportRequest, checked
from qunyu.kernel.scope import system_scope
from qunyu.people.queries import find_unit

if TYPE_CHECKING:
    from qunyu.events.models import Import


def import_now(
    request: ImportRequest, *, title: str, now: datetime, progress: importing.Progress, unit: str = ""
) -> tuple[Import, dict[str, Any]]:
    """The import and its summary; it waits while another writes the lake.

    Raises DomainError for a bad request, an unknown unit, or nothing to import.
    """
    scope = system_scope("command line")
    opened = open_import(by=scope, unit_id=find_unit(unit).pk, title=title, request=checked(request).as_json(), now=now)
    summary = importing.run(opened.pk, place=place(), now=now, progress=progress)
    return opened, summary
