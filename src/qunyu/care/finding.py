"""Finding: every night, which occasions fall on the days to come; what is known anew is put right, what somebody decided stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from qunyu.care.kind import Kind, Terms, Window, kinds
from qunyu.care.models import Occasion, OccasionState
from qunyu.care.settings import care_settings, terms_of
from qunyu.communities.duties import local_day
from qunyu.members.leave import units_of_people
from qunyu.people.queries import unit_paths

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
    window, held = window_at(now), care_settings().in_force()
    return {key: _keep(kind, window, terms_of(kind, held), now) for key, kind in kinds().items()}


def _keep(kind: Kind, window: Window, groups: Iterable[Terms], now: datetime) -> int:
    for terms in groups:
        for chunk in _chunks(kind.find(window, terms)):
            _save(kind, window, _theirs(kind, chunk, terms), now)
    with transaction.atomic():
        here = Occasion.objects.filter(kind=kind.key, day__gte=window.first, day__lte=window.last)
        # Nobody has decided anything of these, and they do not hold any more.
        untouched = here.filter(state=OccasionState.OPEN, keeper=None, due=F("day"), decided_at=None)
        untouched.filter(seen_at__lt=now).delete()
        return here.filter(seen_at=now).count()


def _theirs(kind: Kind, chunk: list[Found], terms: Terms) -> list[Found]:
    """Of what is no single unit's that of people who go by these terms."""
    if not kind.of_person or terms.units is None:
        return chunk
    belongs, paths = units_of_people({each.person for each in chunk}), unit_paths()
    return [each for each in chunk if terms.hold_for(_units(each, belongs.get(each.person, set()), paths))]


def _units(found: Found, belongs: Collection[int], paths: Mapping[int, str]) -> set[int]:
    """The person's units that it is the matter of: where one made the field (or the programme), that one and those below; else the top of the tree."""
    above = found.unit or next(unit for unit, path in paths.items() if path.count("/") == 2)
    return {each for each in belongs if paths.get(each, "").startswith(paths[above])} or {above}


def _save(kind: Kind, window: Window, chunk: list[Found], now: datetime) -> None:
    found = {(each.person, each.subject, each.day): each for each in chunk}
    known = _known(kind, window, {person for person, *_ in found})
    rows = [
        _row(kind, each, known.members.get(key, each.person), now)
        for key, each in found.items()
        if known.asks(key, each)
    ]
    with transaction.atomic():
        Occasion.objects.filter(pk__in=known.again, state=OccasionState.OPEN).delete()
        Occasion.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=("member", "kind", "subject", "day"),
            update_fields=("evidence", "seen_at", "unit", "community", "needs"),
        )


@dataclass
class _Known:
    """What is there already. `members`: whose row it is, of whichever identity it was made: somebody may have been merged since.

    `again`: the rows (primary keys) that say the same again: what was decided counts, what is open beside it goes. `decided`: person,
    subject and since when, of what was decided: under another number of days it would fall on another day.
    """

    members: dict[_Key, int] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)
    decided: set[tuple[int, str, str]] = field(default_factory=set)

    def asks(self, key: _Key, found: Found) -> bool:
        """Whether it is there, or nobody has decided of it on another day."""
        return key in self.members or (found.person, found.subject, found.evidence.get("since")) not in self.decided


def _known(kind: Kind, window: Window, people: Collection[int]) -> _Known:
    here = Occasion.objects.filter(kind=kind.key, day__gte=window.first, day__lte=window.last)
    rows = here.filter(member__own_identity__member__in=people).annotate(person=F("member__own_identity__member"))
    known = _Known()
    for row in sorted(rows, key=_order):
        key = (row.person, row.subject, row.day)
        if key in known.members:
            known.again.append(row.pk)
        known.members.setdefault(key, row.member_id)
        if row.decided_at is not None and "since" in row.evidence:
            known.decided.add((row.person, row.subject, row.evidence["since"]))
    return known


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
