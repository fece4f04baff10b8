"""Reads of occasions, under a scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from qunyu.care.kind import LEVELS, Kind, kinds
from qunyu.care.models import Occasion, OccasionState, Opening
from qunyu.communities.duty_queries import running
from qunyu.communities.queries import communities_where
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.programmes import programmes
from qunyu.members.belonging import buyers, contact_platform, contacts
from qunyu.members.contacts import contacts_among
from qunyu.members.leave import may_contact, units_of_people
from qunyu.members.merging import editable
from qunyu.members.own import PERSON
from qunyu.members.queries import memberships, people
from qunyu.people.queries import acting_account, unit_paths, units_below

if TYPE_CHECKING:
    from qunyu.people.models import Unit

# What was not done within a week has passed.
KEPT = timedelta(days=7)
STATES: dict[str, Words] = {
    "open": Words("待联系", "To do"),
    "done": Words("已联系", "Done"),
    "dropped": Words("不联系", "Left out"),
    "passed": Words("已错过", "Passed"),
}
SPANS: dict[str, Words] = {
    "today": Words("今天及之前", "Today and before"),
    "week": Words("7 天内", "Within 7 days"),
    "month": Words("本月", "This month"),
    "all": Words("全部", "All"),
}


def occasions(scope: Scope) -> QuerySet[Occasion]:
    """The occasions of people `scope` may see, as far as it may see what they tell of; `head` and `head_id` are the person's name and public id now."""
    mine = people(scope).filter(identities__own_member=OuterRef("member"), role="member")
    found = Occasion.objects.filter(Exists(mine), _seen(scope))
    return found.annotate(head=F(f"{PERSON}__name"), head_id=F(f"{PERSON}__public_id"), person=F(PERSON))


def _seen(scope: Scope) -> Q:
    """What it takes besides the person: orders where they may be seen, a community in sight, a field of one's own units, a programme that counts there.

    Whose birthday it is only those learn who may edit the person: who greets.
    """
    if scope.everything:
        return Q()
    greets = Exists(editable(scope).filter(own_member=OuterRef("member")))
    paths = unit_paths()
    above = {int(each) for unit in scope.units("members.view") for each in paths.get(unit, "").split("/") if each}
    ordered = Q(needs="orders.view", unit__in=scope.units("orders.view") & scope.units("members.view"))
    there = Q(community=None) | Q(community__in=communities_where(scope, "members.view"))
    plain = Q(needs="") | Q(greets, needs="members.edit")
    levels = Q(needs=LEVELS, unit__in=programmes(scope).values("unit"))
    return ordered | levels | (plain & there & (Q(unit=None) | Q(unit__in=above)))


@dataclass(frozen=True)
class Wanted:
    """Which occasions: `text` in the person's name, a kind, a state of STATES, days, a unit (with those below), a community, one's `own`; "" and None for any."""

    today: date
    text: str = ""
    kind: str = ""
    state: str = "open"
    first: date | None = None
    last: date | None = None
    unit: Unit | None = None
    community: str = ""
    own: bool = False


def wanted_occasions(scope: Scope, wanted: Wanted) -> QuerySet[Occasion]:
    """Those of `occasions` that are wanted, by the day they are due."""
    found = occasions(scope).filter(_state(wanted))
    if wanted.text:
        found = found.filter(**{f"{PERSON}__name__icontains": wanted.text})
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    days = {"due__gte": wanted.first, "due__lte": wanted.last}
    found = found.filter(**{name: day for name, day in days.items() if day})
    if wanted.unit is not None:
        found = found.filter(Q(unit__path__startswith=wanted.unit.path) | _belongs(scope, wanted.unit))
    if wanted.community:
        there = memberships(scope).filter(identity__own_member=OuterRef("member"))
        found = found.filter(Exists(there.filter(community__public_id=wanted.community)))
    if wanted.own:
        found = found.filter(_own(scope))
    return found.select_related("keeper", "contact", "member").order_by("due", "id")


def _belongs(scope: Scope, unit: Unit) -> Q:
    """Rows whose `member` belongs to the unit or one below: in a community of theirs, a buyer of theirs, noted down by them."""
    below = units_below(unit)
    mine = {"own_member": OuterRef("member")}
    there = memberships(scope).filter(community__unit__in=below, identity__own_member=OuterRef("member"))
    sold = below if scope.everything else below & scope.units("orders.view")
    bought = buyers(scope).filter(orders__unit__in=sold, **mine)
    noted = contacts(scope).filter(platform__in=[contact_platform(each) for each in below], **mine)
    return Q(Exists(there)) | Q(Exists(bought)) | Q(Exists(noted))


def _state(wanted: Wanted) -> Q:
    last = wanted.today - KEPT
    if wanted.state == "open":
        return Q(state=OccasionState.OPEN, due__gte=last)
    if wanted.state == "passed":
        return Q(state=OccasionState.OPEN, due__lt=last)
    return Q(state=wanted.state) if wanted.state else Q()


def _own(scope: Scope) -> Q:
    """Handed to me; or to nobody, of people in a community I am on duty in."""
    account = acting_account(scope.actor)
    duty = running(scope).filter(staff=account).values("community")
    there = memberships(scope).filter(identity__own_member=OuterRef("member"), community__in=duty)
    return Q(keeper=account) | Q(keeper=None) & Q(Exists(there))


def find_occasion(scope: Scope, public_id: str) -> Occasion:
    """The occasion with that public id.

    Raises DomainError unknown_occasion.
    """
    found = occasions(scope).select_related("member", "contact", "keeper").filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的日子", "there is no occasion with the id “{id}”")
        raise DomainError("unknown_occasion", message.fill(id=public_id), id=public_id)
    return found


def by_day(found: QuerySet[Occasion]) -> dict[date, int]:
    """Day -> how many of the occasions are due."""
    rows = found.order_by().values("due").annotate(count=Count("id")).values_list("due", "count")
    return dict(rows)


def coming(scope: Scope, member: int, today: date, limit: int) -> list[Occasion]:
    """The open occasions of a person (primary key) from a week ago on, the soonest first."""
    open_now = Wanted(today=today)
    return list(wanted_occasions(scope, open_now).filter(**{PERSON: member})[:limit])


@dataclass(frozen=True)
class Way:
    """How to reach somebody: a channel, and why that one."""

    channel: str
    why: Words


LAST_WROTE = Words("上次对方从这里找我们", "they wrote to us there last")
LAST_WORKED = Words("上次从这里联系有结果", "the last contact there had a result")
NOTHING_KNOWN = Words("还没有联系过，默认私聊", "nothing is known yet: direct chat by default")


def ways(scope: Scope, members: Collection[int]) -> dict[int, Way]:
    """For each of the people (primary keys, found under `scope`) how to reach them best."""
    found: dict[int, Way] = dict.fromkeys(members, Way("direct", NOTHING_KNOWN))
    rows = contacts_among(members).order_by("at", "id").values_list(PERSON, "direction", "channel", "result")
    last_in: dict[int, str] = {}
    for person, direction, channel, result in rows:
        if direction == "in":
            last_in[person] = channel
        elif result and person not in last_in:
            found[person] = Way(channel, LAST_WORKED)
    return found | {person: Way(channel, LAST_WROTE) for person, channel in last_in.items()}


def words_for(scope: Scope, rows: Collection[tuple[int, str, Kind, str]]) -> list[str]:
    """For each (person, name, kind, channel) what to open with: the words of the nearest unit of the person that is in sight, else the product's."""
    units, paths = units_of_people({person for person, *_ in rows}), unit_paths()
    seen = set(paths) if scope.everything else scope.units("members.view")
    kept: Mapping[tuple[int, str, str], str] = {
        (unit, kind, channel): text
        for unit, kind, channel, text in Opening.objects.values_list("unit", "kind", "channel", "text")
    }
    found = []
    for person, name, kind, channel in rows:
        here = [paths[unit] for unit in units.get(person, set()) & seen]
        found.append(_words(here, kept, kind, channel).replace("{name}", name))
    return found


def _words(paths: Collection[str], kept: Mapping[tuple[int, str, str], str], kind: Kind, channel: str) -> str:
    """Of these units and those above them, the deepest first."""
    lines = [[int(each) for each in path.strip("/").split("/")] for path in paths]
    depth = {unit: place for line in lines for place, unit in enumerate(line)}
    for unit in sorted(depth, key=lambda each: (-depth[each], each)):
        for which in (channel, "direct"):
            text = kept.get((unit, kind.key, which))
            if text is not None:
                return text
    return str(kind.opening(channel))


def dress(scope: Scope, rows: Collection[Any], now: datetime) -> None:
    """Puts on each row of `occasions` its `leave`, `way` and `words`: whether the cap allows it, how to reach them, what to open with."""
    persons = sorted({row.person for row in rows})
    leaves, found = may_contact(persons, now), ways(scope, persons)
    words = words_for(scope, [(row.person, row.head, kinds()[row.kind], found[row.person].channel) for row in rows])
    for row, opening in zip(rows, words, strict=True):
        row.leave, row.way, row.words = leaves[row.person], found[row.person], opening


def told(row: Any) -> tuple[Kind, Words]:
    """The kind of an occasion and the evidence for it, in words."""
    kind = kinds()[row.kind]
    return kind, kind.why(row.evidence)


@dataclass(frozen=True)
class Mix:
    """Contacts we made since some moment: `light` and `selling` ones, answers left out."""

    light: int
    selling: int


def mix(scope: Scope, *, since: datetime, unit: Unit | None = None, members: Collection[int] | None = None) -> Mix:
    """How many contacts with people `scope` may see were light, and how many sold; of a unit's communities, or of some people."""
    found = contacts_among(members).filter(at__gt=since).exclude(standing__in=("in", "answer"))
    mine = people(scope).filter(identities__own_member=OuterRef("member"))
    if unit is not None:
        found = found.filter(_belongs(scope, unit))
    counts = found.filter(Exists(mine)).aggregate(
        light=Count("id", filter=Q(selling=False)), selling=Count("id", filter=Q(selling=True))
    )
    return Mix(counts["light"], counts["selling"])


def openings_of(scope: Scope) -> list[Opening]:
    """The words, with their `unit`, that units whose settings `scope` may change have set."""
    rows = Opening.objects.select_related("unit").order_by("unit__path", "kind", "channel")
    return list(rows if scope.everything else rows.filter(unit__in=scope.units("settings.edit")))
