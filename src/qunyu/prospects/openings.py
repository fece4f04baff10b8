"""Openings: the words to begin with, for each reason; a unit may write its own, those of the nearest unit above hold where it has none."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.insights.signal import find_signal, invitations
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_paths
from qunyu.prospects.models import Opening

if TYPE_CHECKING:
    from qunyu.people.models import Unit

LONGEST = 400
NAME = "{name}"
_PLACES = re.compile(r"\{[^{}]*\}|[{}]")
BAD = Words(
    "开场白须有 1 至 {most} 个字，占位只能用 {{name}}",
    "an opening has 1 to {most} characters, and no placeholder but {{name}}",
)


def openings(unit: Unit) -> dict[str, tuple[str, Words | None, bool]]:
    """Signal -> (the unit's text or that of the nearest above, "" for the product's own; the product's own; whether it is the unit's)."""
    paths = unit_paths()
    above = [int(each) for each in paths[unit.pk].strip("/").split("/")]
    kept = {(row.unit_id, row.signal): row.text for row in Opening.objects.filter(unit__in=above)}
    found = {}
    for key, signal in invitations().items():
        text = next((kept[(each, key)] for each in reversed(above) if (each, key) in kept), "")
        found[key] = (text, signal.opening, (unit.pk, key) in kept)
    return found


def spoken(unit: Unit, key: str, name: str) -> str:
    """The words for one reason and one person; "" where there is no reason."""
    text, usual, _ = openings(unit).get(key, ("", None, False))
    return (text or str(usual or "")).replace(NAME, name)


@transaction.atomic
def set_opening(*, by: Scope, unit: Unit, key: str, text: str, now: datetime) -> None:
    """The unit's own words for a reason; none to go by those above again.

    Raises Denied; DomainError unknown_signal or bad_opening with the `field`.
    """
    by.require("settings.edit", unit.pk)
    find_signal(key)
    given = text.strip()
    if len(given) > LONGEST or any(place != NAME for place in _PLACES.findall(given)):
        raise DomainError("bad_opening", BAD.fill(most=LONGEST), field=key)
    if not given:
        Opening.objects.filter(unit=unit, signal=key).delete()
    else:
        told = {"text": given, "changed_at": now, "by_name": by.actor.name[:120]}
        Opening.objects.update_or_create(unit=unit, signal=key, defaults=told)
    audit.record(by=by.actor, action="prospects.opening", kind="unit", id=unit.pk, now=now, reason=key)
