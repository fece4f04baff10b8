"""Standings: what is known of people that levels ask for, and where everybody stands; computed set by set."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Min, Sum

from qunyu.commerce.queries import orders
from qunyu.insights.label import labels
from qunyu.kernel.scope import Denied, Scope, system_scope
from qunyu.loyalty.deeds import midnight
from qunyu.loyalty.models import Account, Entry, Level, LevelChange, LevelGrant, Programme, Standing
from qunyu.loyalty.programmes import units_of
from qunyu.loyalty.rules.levels import Bar, Decision, Figures, Place, Step, decide
from qunyu.loyalty.rules.lots import later
from qunyu.members.labels import values_of
from qunyu.members.own import identities
from qunyu.members.queries import memberships

CHUNK = 500
SYSTEM = system_scope("levels")


def step_of(level: Level) -> Step:
    """The level as the rules see it."""
    bars, keep = ([bar_of(each) for each in told] for told in (level.bars, level.keep))
    return Step(level.pk, bars, keep, level.every, level.months)


def bar_of(told: Mapping[str, Any]) -> Bar:
    """A bar as it is kept."""
    return Bar(told["kind"], told["least"], told.get("currency", ""))


def ladder_of(programme: Programme) -> list[Step]:
    """The programme's ladder from the lowest step up."""
    return [step_of(each) for each in Level.objects.filter(programme=programme).order_by("position")]


def tiers() -> list[str]:
    """The tiers from the lowest up."""
    return [each.code for each in labels()["tier"].values if each.code != "unknown"]


def people_of(programme: Programme) -> list[int]:
    """Everybody the programme is for: with an account, an order or a membership in its units; ordinary members that are not erased."""
    units = units_of(programme)
    found = set(Account.objects.filter(programme=programme).exclude(member=None).values_list("member__own_identity__member", flat=True))  # fmt: skip
    bought = orders(SYSTEM).filter(unit__in=units).exclude(customer=None).order_by()
    found |= set(bought.values_list("customer__member", flat=True).distinct())
    there = memberships(SYSTEM).filter(community__unit__in=units).order_by()
    found |= set(there.values_list("identity__member", flat=True).distinct())
    ordinary = set(identities().filter(member__role="member", member__erased=False).values_list("member", flat=True))
    return sorted(each for each in found & ordinary if each is not None)


def figures_of(programme: Programme, people: Collection[int], today: date) -> dict[int, Figures]:
    """What is known of each of these people on that day, over all that they are."""
    units, year_ago = units_of(programme), midnight(later(today, -12))
    points = _points(programme, people, year_ago)
    sums, counts = _orders(people, units, year_ago)
    known = orders(SYSTEM).filter(unit__in=units).exists()
    since = _since(people, units)
    place = {code: number for number, code in enumerate(tiers())}
    said = values_of(SYSTEM, people)
    return {
        each: Figures(
            points_year=points.get(each, 0),
            spent_year=sums[each]["year"] if known else None,
            spent_ever=sums[each]["ever"] if known else None,
            orders=counts[each] if known else None,
            tier=place.get(said.get(each, {}).get("tier", "")),
            months=_months(since.get(each), today),
        )
        for each in people
    }


def _points(programme: Programme, people: Collection[int], since: datetime) -> dict[int, int]:
    """What was earned since then, less what refunds took back; what people give by hand is no earning."""
    earned = Entry.objects.filter(
        account__programme=programme,
        account__member__own_identity__member__in=people,
        movement__kind__in=("earn", "refund"),
        movement__at__gte=since,
    )
    rows = earned.order_by().values_list("account__member__own_identity__member")
    return {member: max(total, 0) for member, total in rows.annotate(total=Sum(F("amount") - F("owed")))}


def _orders(
    people: Collection[int], units: Collection[int], since: datetime
) -> tuple[dict[int, dict[str, dict[str, int]]], Counter[int]]:
    paid = orders(SYSTEM).filter(unit__in=units, customer__member__in=people, status="paid", amount__gt=F("refund"))
    sums: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: {"year": {}, "ever": {}})
    counts: Counter[int] = Counter()
    for name, rows in (("ever", paid), ("year", paid.filter(ordered_at__gte=since))):
        grouped = rows.order_by().values_list("customer__member", "currency")
        for member, currency, total, count in grouped.annotate(total=Sum(F("amount") - F("refund")), n=Count("pk")):
            sums[member][name][currency] = total
            counts[member] += count if name == "ever" else 0
    return sums, counts


def _since(people: Collection[int], units: Collection[int]) -> dict[int, datetime]:
    """When each was first seen, or ordered."""
    there = memberships(SYSTEM).filter(community__unit__in=units, identity__member__in=people).order_by()
    found = dict(there.values_list("identity__member").annotate(first=Min("first_at")))
    bought = orders(SYSTEM).filter(unit__in=units, customer__member__in=people).order_by()
    for member, first in bought.values_list("customer__member").annotate(first=Min("ordered_at")):
        found[member] = min(first, found.get(member, first))
    return found


def _months(first: datetime | None, today: date) -> int | None:
    """Whole months since then; None when nobody knows."""
    if first is None:
        return None
    day = first.astimezone(midnight(today).tzinfo).date()
    return (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)


@dataclass
class Moves:
    """How many people would go (or went) from one level to another, by their keys (None: none); `people` is how many were looked at."""

    people: int = 0
    moves: Counter[tuple[int | None, int | None]] = field(default_factory=Counter)

    def count(self, places: Mapping[int | None, int], way: int) -> int:
        """How many go up (1), down (-1) or stay (0)."""

        def sign(before: int | None, after: int | None) -> int:
            one, other = places.get(before, -1), places.get(after, -1)
            return (other > one) - (other < one)

        return sum(n for (before, after), n in self.moves.items() if sign(before, after) == way)


def preview(programme: Programme, ladder: Sequence[Step], today: date) -> Moves:
    """What the ladder would make of everybody today, against where they stand now; writes nothing."""
    found = Moves()
    for chunk in _chunks(people_of(programme)):
        for _, decision, row in _decided(programme, ladder, chunk, today):
            found.people += 1
            found.moves[row.level_id if row else None, decision.place.level] += 1
    return found


def renew(
    *, by: Scope, programme: Programme, now: datetime, today: date, people: Collection[int] | None = None
) -> Moves:
    """Puts everybody (or `people`) where the bars say today, with a change for each step up or down. Again changes nothing.

    Raises Denied unless `by` is the system.
    """
    if not by.everything:
        raise Denied("points.edit")
    ladder, found = ladder_of(programme), Moves()
    everybody = people_of(programme) if people is None else sorted(people)
    for chunk in _chunks(everybody):
        with transaction.atomic():
            for member, decision, row in _decided(programme, ladder, chunk, today):
                found.people += 1
                found.moves[row.level_id if row else None, decision.place.level] += 1
                _put(programme, (member, decision, row), now, today)
    if people is None:
        # Whoever was merged into somebody, or erased, stands nowhere of their own.
        there = identities().filter(member__erased=False).values("member")
        Standing.objects.filter(programme=programme).exclude(member__in=there).delete()
    return found


def _chunks(people: Sequence[int]) -> Iterator[Sequence[int]]:
    return (people[start : start + CHUNK] for start in range(0, len(people), CHUNK))


Decided = tuple[int, Decision, Standing | None]


def _decided(programme: Programme, ladder: Sequence[Step], people: Sequence[int], today: date) -> Iterator[Decided]:
    figures = figures_of(programme, people, today)
    rows = {each.member_id: each for each in Standing.objects.filter(programme=programme, member__in=people)}
    given = _given(programme, people)
    for member in people:
        row = rows.get(member)
        stood = Place(row.base_id, row.base_until, "kept") if row else None
        yield member, decide(ladder, figures[member], stood, given[member], today), row


def _given(programme: Programme, people: Sequence[int]) -> dict[int, list[tuple[int, date]]]:
    """The levels given by hand to these people, over all that they are, that nobody ended."""
    found: dict[int, list[tuple[int, date]]] = defaultdict(list)
    rows = LevelGrant.objects.filter(
        level__programme=programme, ended_at=None, member__own_identity__member__in=people
    ).values_list("member__own_identity__member", "level", "until")
    for member, level, until in rows:
        found[member].append((level, until))
    return found


def _put(programme: Programme, decided: Decided, now: datetime, today: date) -> None:
    member, decision, row = decided
    place, base = decision.place, decision.base
    before = row.level_id if row else None
    figures = {"met": [[bar.kind, bar.least, bar.currency, there] for bar, there in decision.met]}
    if place.level != before:
        LevelChange.objects.create(
            programme=programme, member_id=member, before_id=before, after_id=place.level, day=today, at=now,
            why=place.why, figures=figures,
        )  # fmt: skip
    if place.level is None:
        if row is not None:
            row.delete()
        return
    told = {"until": place.until, "base_id": base.level, "base_until": base.until}
    if row is None:
        more = {"since": today, "why": place.why, "figures": figures, "level_id": place.level}
        Standing.objects.create(programme=programme, member_id=member, **more, **told)
    elif place.level != before or any(getattr(row, name) != value for name, value in told.items()):
        # Whoever stays keeps the reason for which they came.
        stays = place.why == "holds" and place.level == before
        why = {} if stays else {"why": place.why, "figures": figures}
        since = {"since": today, "level_id": place.level} if place.level != before else {}
        Standing.objects.filter(pk=row.pk).update(**told, **why, **since)
