"""Finding: every night, which occasions fall on the days to come; what is known anew is put right, what somebody decided stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

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
_Key = tuple[int, str, date]


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
        found = {(each.person, each.subject, each.day): each for each in chunk}
        known, again = _known(kind, window, {person for person, *_ in found})
        rows = [_row(kind, each, known.get(key, each.person), now) for key, each in found.items()]
        with transaction.atomic():
            Occasion.objects.filter(pk__in=again, state=OccasionState.OPEN).delete()
            Occasion.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=("member", "kind", "subject", "day"),
                update_fields=("evidence", "seen_at", "unit", "community", "needs"),
            )
    with transaction.atomic():
        here = Occasion.objects.filter(kind=kind.key, day__gte=window.first, day__lte=window.last)
        # Nobody has decided anything of these, and they do not hold any more.
        untouched = here.filter(state=OccasionState.OPEN, keeper=None, due=F("day"), decided_at=None)
        untouched.filter(seen_at__lt=now).delete()
        return here.filter(seen_at=now).count()


def _known(kind: Kind, window: Window, people: Collection[int]) -> tuple[dict[_Key, int], list[int]]:
    """(person, subject, day) -> the member whose row there is already, of whichever identity it was made: somebody may have been merged since.

    And the primary keys of those that say the same again: what was decided counts, what is open beside it goes.
    """
    here = Occasion.objects.filter(kind=kind.key, day__gte=window.first, day__lte=window.last)
    rows = here.filter(member__own_identity__member__in=people).annotate(person=F("member__own_identity__member"))
    found: dict[_Key, int] = {}
    again: list[int] = []
    for row in sorted(rows, key=_order):
        key = (row.person, row.subject, row.day)
        if key in found:
            again.append(row.pk)
        found.setdefault(key, row.member_id)
    return found, again


def _order(row: Any) -> tuple[int, bool, bool, int]:
    """Done before left out before open; of open ones what somebody decided, then the person's own, comes first."""
    states = (OccasionState.DONE, OccasionState.DROPPED, OccasionState.OPEN)
    return states.index(row.state), row.decided_at is None, row.member_id != row.person, row.pk


def _chunks(found: Iterable[Found]) -> Iterator[list[Found]]:
    rows: list[Found] = []
    for each in found:
        rows.append(each)
        if len(rows) == CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _row(kind: Kind, found: Found, member: int, now: datetime) -> Occasion:
    return Occasion(
        member_id=member,
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
