"""Reads of prospects: the list of a unit, one person on it, and what came of speaking with people; always under a scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from qunyu.commerce.queries import last_order_day, orders
from qunyu.insights.odds import Rate
from qunyu.insights.signal import signals
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.own import PERSON
from qunyu.members.queries import is_seen, memberships, people
from qunyu.people.queries import units_below, units_in
from qunyu.prospects.models import Attempt, Hold, Prospect, ProspectRun
from qunyu.prospects.reaching import held, unreachable

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.people.models import Unit

# Chances beside everybody's: from so many times as likely on.
BANDS: Mapping[str, tuple[Words, float]] = {
    "high": (Words("很可能（平均的 3 倍以上）", "Likely (3 times the average or more)"), 3.0),
    "above": (Words("较可能（1.5 至 3 倍）", "Above average (1.5 to 3 times)"), 1.5),
    "usual": (Words("一般", "As everybody"), 0.0),
}


def open_units(scope: Scope) -> list[Unit]:
    """The units whose lists `scope` may see, parents before children: chances tell of orders, so it takes both permissions."""
    paying = {each.pk for each in units_in(scope, "orders.view")}
    return [each for each in units_in(scope, "members.view") if each.pk in paying]


def find_list(scope: Scope, public_id: str = "") -> tuple[Unit, ProspectRun | None]:
    """The unit (the highest that `scope` may see where none is named) and its latest list; None before the first.

    Raises Denied where `scope` may see the list of no unit; DomainError unknown_unit.
    """
    scope.require("members.view")
    scope.require("orders.view")
    units = open_units(scope)
    unit = next((each for each in units if each.public_id == public_id), None) if public_id else next(iter(units), None)
    if unit is None:
        message = Words("没有编号为“{id}”的组织单位", "there is no unit with the id “{id}”")
        raise DomainError("unknown_unit", message.fill(id=public_id), id=public_id, field="unit")
    found = ProspectRun.objects.filter(unit=unit, finished=True).select_related("unit")
    return unit, found.order_by("-id").first()


@dataclass(frozen=True)
class Wanted:
    """Which people: `text` in the name, and "" for any reason (a signal), band and community (public id); `members` None for any.

    `state` is one of STATES, "" for any.
    """

    text: str = ""
    reason: str = ""
    band: str = ""
    community: str = ""
    members: Collection[int] | None = None
    state: str = "ready"


STATES: Mapping[str, Words] = {
    "ready": Words("可以联系", "May be written to"),
    "early": Words("还太早（新人，还没说过话）", "Too early (new, no word yet)"),
    "waiting": Words("暂不联系", "Not now"),
}


# Of a state: what the list says of whoever is in it, and whether they are not to be written to these days. Whoever has said nothing yet as a
# newcomer is not sold to (method.md F7).
_EARLY = Q(signals__contains=",newcomer,", spoken=0)
OF_STATES: Mapping[str, tuple[Q, bool]] = {"ready": (~_EARLY, False), "early": (_EARLY, False), "waiting": (Q(), True)}


def prospects(scope: Scope, run: ProspectRun, wanted: Wanted, now: datetime) -> QuerySet[Prospect]:
    """Those of a list that are wanted, by their rank, of people `scope` may see."""
    found = candidates(scope, run, wanted)
    if wanted.state not in OF_STATES:
        return found
    listed = list(Prospect.objects.filter(run=run).values_list("member", flat=True))
    waiting = Q(member__in=unreachable(run.unit, listed, now))
    return found.filter(waiting if OF_STATES[wanted.state][1] else ~waiting)


def candidates(scope: Scope, run: ProspectRun, wanted: Wanted) -> QuerySet[Prospect]:
    """As `prospects`, before it is asked who may be written to these days."""
    told, _ = OF_STATES.get(wanted.state, (Q(), False))
    found = Prospect.objects.filter(is_seen(scope), told, _band(run, wanted.band), run=run).select_related("member")
    if wanted.text:
        found = found.filter(member__name__icontains=wanted.text)
    if wanted.reason:
        found = found.filter(signals__contains=f",{wanted.reason},")
    if wanted.community:
        there = memberships(scope).filter(
            identity__member=OuterRef("member"), community__public_id=wanted.community, left_at=None
        )
        found = found.filter(Exists(there))
    if wanted.members is not None:
        chosen = set(wanted.members)
        mine = Prospect.objects.filter(run=run).values_list("pk", "member")
        found = found.filter(pk__in=[pk for pk, member in mine if member in chosen])
    return found.order_by("rank")


def _band(run: ProspectRun, band: str) -> Q:
    if band not in BANDS or run.base is None:
        return Q()
    levels = [least for _, least in BANDS.values()]
    place = list(BANDS).index(band)
    found = Q(chance__gte=levels[place] * run.base)
    return found & Q(chance__lt=levels[place - 1] * run.base) if place else found


def band_of(run: ProspectRun, chance: float | None) -> str:
    """The band a chance lies in; "" where it is unknown."""
    if chance is None or run.base is None:
        return ""
    return next(code for code, (_, least) in BANDS.items() if chance >= least * run.base)


def find_prospect(scope: Scope, run: ProspectRun, member: Member, now: datetime) -> Prospect | None:
    """That person on the list, whether they may be written to or not; None where they are not on it."""
    return prospects(scope, run, Wanted(state=""), now).filter(member=member).first()


def state_of(run: ProspectRun, row: Prospect, now: datetime) -> str:
    """Which of STATES somebody of the list is in."""
    if row.member_id in unreachable(run.unit, [row.member_id], now):
        return "waiting"
    return "early" if ",newcomer," in row.signals and not row.spoken else "ready"


@dataclass(frozen=True)
class Reason:
    """A signal somebody has: how many ordered of those with it and of those without, in the past; 0 people where nothing is known."""

    key: str
    title: Words
    text: Words
    having: Rate
    others: Rate
    weight: float | None

    @property
    def invites(self) -> bool:
        """Whether it is a reason to write to somebody."""
        return signals()[self.key].opening is not None


def reasons_of(run: ProspectRun, row: Prospect) -> list[Reason]:
    """Why somebody stands where they stand: their signals, those that raise the chance most first."""
    found = [reason(run, key) for key in row.signals.strip(",").split(",") if key in signals()]
    return sorted(found, key=lambda each: -(each.weight or 0.0))


def reason(run: ProspectRun, key: str) -> Reason:
    """What the past of a unit says of a signal."""
    each, told = signals()[key], run.figures.get("signals", {}).get(key, {})
    having, others = Rate(*told.get("with", (0, 0))), Rate(*told.get("without", (0, 0)))
    return Reason(key, each.title, each.reason, having, others, told.get("weight"))


def holds_of(scope: Scope, unit: Unit, member: Member, today: date) -> list[Hold]:
    """The holds on somebody the caller has found under a scope, in force on that day, the latest first."""
    return list(held(unit, today).filter(**{PERSON: member.pk}).order_by("-id"))


def attempts(scope: Scope, unit: Unit, member: Member | None = None) -> QuerySet[Attempt]:
    """What was tried in the unit with people whom `scope` may see, or with one of them, the latest first; `head` and `head_id` are who they are now."""
    rows = Attempt.objects.filter(unit=unit, **{f"{PERSON}__in": people(scope).values("pk")})
    rows = rows if member is None else rows.filter(**{PERSON: member.pk})
    named = rows.annotate(head=F(f"{PERSON}__name"), head_id=F(f"{PERSON}__public_id"))
    return named.select_related("contact").order_by("-at", "-id")


def came_of(scope: Scope, run: ProspectRun) -> tuple[Rate, int]:
    """Of the people spoken with, whose days are over and their orders known, how many ordered within them; and of how many it is too early.

    Somebody spoken with several times counts once, as one who ordered if it was after any of them.
    """
    span, units = timedelta(days=run.horizon), units_below(run.unit)
    tried = Attempt.objects.filter(unit=run.unit, **{f"{PERSON}__isnull": False})
    known, everybody = last_order_day(scope, units), _people(tried)
    if known is None:
        return Rate(), everybody
    over = tried.filter(at__lt=datetime.combine(known, time(), settings.QUNYU_ZONE) - span)
    theirs: QuerySet[Any] = orders(scope).filter(
        unit__in=units, status="paid", customer__member__identities__own_member=OuterRef("member"),
        ordered_at__gt=OuterRef("at"), ordered_at__lte=OuterRef("at") + span,
    )  # fmt: skip
    people_over = _people(over)
    return Rate(people_over, _people(over.filter(Exists(theirs)))), everybody - people_over


def _people(rows: QuerySet[Attempt]) -> int:
    return int(rows.order_by().values(PERSON).distinct().count())
