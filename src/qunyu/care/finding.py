"""Finding: every night, which occasions fall on the days to come; what is known anew is put right, what somebody decided stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from qunyu.care.kind import Kind, Window, kinds
from qunyu.care.models import Occasion, OccasionState
from qunyu.communities.duties import local_day

if TYPE_CHECKING:
    from qunyu.care.kind import Found

# So far ahead the calendar is filled, and for so long an occasion that passed is found once more.
AHEAD, BEHIND = timedelta(days=45), timedelta(days=7)
CHUNK = 1_000


def window_at(now: datetime) -> Window:
    """The days that are looked at now."""
    today = local_day(now)
    return Window(today - BEHIND, today + AHEAD, today)


def find_occasions(*, now: datetime) -> dict[str, int]:
    """Kind -> how many occasions fall into the window. Again changes nothing but what is found otherwise by then."""
    window = window_at(now)
    return {key: _keep(kind, window, now) for key, kind in kinds().items()}


def _keep(kind: Kind, window: Window, now: datetime) -> int:
    for chunk in _chunks(kind.find(window)):
        rows = {(each.person, each.subject, each.day): _row(kind, each, now) for each in chunk}
        Occasion.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=("member", "kind", "subject", "day"),
            update_fields=("evidence", "seen_at", "unit", "community"),
        )
    with transaction.atomic():
        here = Occasion.objects.filter(kind=kind.key, day__gte=window.first, day__lte=window.last)
        # Nobody has decided anything of these, and they do not hold any more.
        untouched = here.filter(state=OccasionState.OPEN, keeper=None, due=F("day"), decided_at=None)
        untouched.filter(seen_at__lt=now).delete()
        return here.filter(seen_at=now).count()


def _chunks(found: Iterable[Found]) -> Iterator[list[Found]]:
    rows: list[Found] = []
    for each in found:
        rows.append(each)
        if len(rows) == CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _row(kind: Kind, found: Found, now: datetime) -> Occasion:
    return Occasion(
        member_id=found.person,
        kind=kind.key,
        subject=found.subject,
        day=found.day,
        due=found.day,
        needs=kind.needs,
        unit_id=found.unit,
        community_id=found.community,
        evidence=dict(found.evidence),
        seen_at=now,
    )
