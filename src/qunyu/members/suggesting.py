"""Suggesting: pairs of identities that may be one person, or are taken for one perhaps by mistake; a queue for people to decide."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from qunyu.events.lake.store import Lake
from qunyu.events.queries import shown
from qunyu.insights.likeness import NAMES, alike, hours, same_minutes
from qunyu.kernel.platform_ids import MASK
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.matching import chunks
from qunyu.members.models import Identity, Mark, Membership, MergeDecision, Suggestion
from qunyu.members.queries import identities_in
from qunyu.members.rules.likeness import Score, Two, parts_of, plain_name, score

# What is less likely is not worth a person's time.
LEAST = 20
# One phone of more identities than this is a shop's or a family's rather than a person's.
MOST_SHARING = 3
# More questions than this nobody answers; the likeliest are kept.
MOST_KEPT = 20_000
Pair = tuple[int, int]

REASONS: dict[str, Words] = {
    "exactly": Words("名字连同符号都相同", "same name, signs and all"),
    "equal": Words("名字相同（符号不同）", "same name, other signs"),
    "part": Words("名字去掉前缀后相同", "same name behind a prefix"),
    "near": Words("名字只差一个字", "names differ by one letter"),
    "bearers": Words("叫这个名字的有 {n:.0f} 人", "{n:.0f} people are called so"),
    "long_name": Words("名字有 {n:.0f} 个字", "the name has {n:.0f} letters"),
    "one_platform": Words("两人在同一平台各有账号", "both have accounts on one platform"),
    "phones_differ": Words("手机号不同", "other phone numbers"),
    "unions_differ": Words("UnionID 不同", "other union ids"),
    "shop": Words("其中一个是店铺顾客", "one of them is a shop’s customer"),
    "near_units": Words("在同一单位", "of one unit"),
    "far_units": Words("在不同单位", "of different units"),
    "theme": Words("社群主题相同", "communities of one theme"),
    "beside": Words("同时在 {n:.0f} 个群里", "in {n:.0f} communities at the same time"),
    "after": Words("一个退群后另一个才进群", "one left before the other came"),
    "minutes": Words("在 {n:.0f} 个相同的分钟里都发了言", "both spoke in {n:.0f} of the same minutes"),
    "hours": Words("活跃时段相似（{n:.0%}）", "active at like hours ({n:.0%})"),
    "other_hours": Words("活跃时段不同（相似 {n:.0%}）", "active at other hours ({n:.0%} alike)"),
    "shared_phone": Words("由手机号合并，但 {n:.0f} 个账号共用这个号码，请核对", "joined by phone, which {n:.0f} accounts share; check"),
    "both_present": Words("由手机号或 UnionID 合并，但同时在同一个群里，请核对", "joined by phone or union id, yet both are in one community; check"),
}  # fmt: skip


def reason(code: str, figure: float) -> Words:
    """A reason as people read it."""
    words = REASONS.get(code, Words(code, code))
    return words.fill(n=figure)


@dataclass(frozen=True)
class _Person:
    member: int
    platform: str
    name: str
    units: frozenset[str]
    themes: frozenset[str]
    stays: Mapping[int, tuple[datetime, datetime | None]]
    accounts: frozenset[str]
    marks: Mapping[str, frozenset[str]]


def find(lake: Lake) -> dict[Pair, tuple[str, Score]]:
    """Every question there is, found set by set: the kind, the score and its reasons by pair of identities."""
    found = {pair: ("joined", each) for pair, each in _joined()}
    candidates = alike(lake, _names())
    known = _people({id for one, other, *_ in candidates for id in (one, other)})
    habits, minutes = hours(lake, known), same_minutes(lake, [(one, other) for one, other, *_ in candidates])
    for one, other, bearers, how in candidates:
        if one in known and other in known:
            habit = (habits.get(one, ()), habits.get(other, ()))
            two = _two(known[one], known[other], how, bearers, minutes.get((one, other), 0), habit)
            told = score(two)
            if told.percent >= LEAST:
                found.setdefault((one, other), ("name", told))
    likeliest = sorted(found, key=lambda pair: (-found[pair][1].percent, pair))[:MOST_KEPT]
    return {pair: found[pair] for pair in likeliest}


def _names() -> pa.Table:
    rows: list[tuple[int, int, str, bool]] = []
    people = Identity.objects.filter(shown("supplied_by"), member__role="member", member__erased=False)
    for identity, member, name in people.values_list("id", "member", "name").iterator(chunk_size=5_000):
        if MASK in name:  # what is shown of an id is nobody's name
            continue
        whole = plain_name(name)
        rows += [(identity, member, each, each == whole) for each in {whole, *parts_of(name)} if each]
    columns = list(zip(*rows, strict=True)) or [()] * len(NAMES)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, NAMES, strict=True)], schema=NAMES)


def _people(identities: Collection[int]) -> dict[int, _Person]:
    found: dict[int, _Person] = {}
    for part in chunks(identities):
        places: dict[int, list[Membership]] = defaultdict(list)
        for row in Membership.objects.filter(identity__in=part).select_related("community__unit"):
            places[row.identity_id].append(row)
        orders = Identity.objects.filter(id__in=part, orders__isnull=False).values_list("id", "orders__unit__path")
        bought: dict[int, set[str]] = defaultdict(set)
        for identity, path in orders.distinct():
            bought[identity].add(path)
        rows = list(Identity.objects.filter(id__in=part))
        accounts, marks = _of_members({each.member_id for each in rows})
        for each in rows:
            mine = (frozenset(accounts[each.member_id]), marks[each.member_id])
            found[each.pk] = _person(each, places[each.pk], bought[each.pk], mine)
    return found


def _of_members(members: Collection[int]) -> tuple[dict[int, set[str]], dict[int, dict[str, frozenset[str]]]]:
    """On which platforms each member has an account, and the phones and union ids that are known of them."""
    accounts: dict[int, set[str]] = defaultdict(set)
    marks: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    for part in chunks(members):
        stable = Identity.objects.filter(member__in=part, community=None)
        for member, platform in stable.values_list("member", "platform"):
            accounts[member].add(platform)
        held = Mark.objects.filter(identity__member__in=part)
        for member, kind, value in held.values_list("identity__member", "kind", "value"):
            marks[member][kind] = marks[member].get(kind, frozenset()) | {value}
    return accounts, marks


def _person(
    each: Identity,
    places: list[Membership],
    bought: set[str],
    mine: tuple[frozenset[str], Mapping[str, frozenset[str]]],
) -> _Person:
    # Everything lies below the root: it tells nothing.
    units = {path for path in {row.community.unit.path for row in places} | bought if path.count("/") > 2}
    themes = {row.community.theme for row in places if row.community.theme}
    stays = {row.community_id: (row.joined_at or row.first_at, row.left_at) for row in places}
    return _Person(each.member_id, each.platform, each.name, frozenset(units), frozenset(themes), stays, *mine)


def _two(
    one: _Person, other: _Person, how: str, bearers: int, minutes: int, habit: tuple[Sequence[int], Sequence[int]]
) -> Two:
    shop = one.platform.startswith("shop") != other.platform.startswith("shop")
    shared = one.stays.keys() & other.stays.keys()
    beside = sum(_overlap(one.stays[each], other.stays[each]) for each in shared)
    both_units = one.units and other.units
    near = any(a.startswith(b) or b.startswith(a) for a in one.units for b in other.units) if both_units else None
    length = len(plain_name(one.name if len(one.name) < len(other.name) else other.name))
    marked = {kind for kind in one.marks.keys() & other.marks.keys() if not one.marks[kind] & other.marks[kind]}
    return Two(
        how,
        bearers,
        length,
        exactly=how == "equal" and _spelt(one.name) == _spelt(other.name),
        one_platform=bool(one.accounts & other.accounts),
        shop=shop,
        near=near,
        theme=bool(one.themes & other.themes),
        beside=beside,
        after=bool(shared) and not beside,
        minutes=minutes,
        hours=habit,
        phones_differ="phone" in marked,
        unions_differ="union" in marked,
    )


def _spelt(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _overlap(one: tuple[datetime, datetime | None], other: tuple[datetime, datetime | None]) -> bool:
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])


def _joined() -> Iterator[tuple[Pair, Score]]:
    """Who was joined by a mark and perhaps should not have been."""
    for pair in _both_present():
        yield pair, Score(50, (("both_present", 0.0, 0),))
    phones = Mark.objects.filter(kind="phone").exclude(identity__platform__startswith="shop").values("value")
    shared = phones.annotate(n=Count("identity", distinct=True)).filter(n__gt=MOST_SHARING).values_list("value", "n")
    for value, count in shared:
        held = Mark.objects.filter(kind="phone", value=value).exclude(identity__platform__startswith="shop")
        ids = sorted(set(held.values_list("identity", flat=True)))
        heads = dict(Identity.objects.filter(id__in=ids).values_list("id", "member"))
        for other in ids[1:]:
            if heads[other] == heads[ids[0]]:
                yield (ids[0], other), Score(50, (("shared_phone", 0.0, count),))


def _both_present() -> set[Pair]:
    """The pairs of stable identities of one member that are in one community at once."""
    here = Membership.objects.filter(left_at=None, identity__community=None)
    crowded = here.values("community", "identity__member").annotate(n=Count("identity")).filter(n__gt=1)
    found: set[Pair] = set()
    for community, member in crowded.values_list("community", "identity__member"):
        there = here.filter(community=community, identity__member=member)
        ids = sorted(there.values_list("identity", flat=True))
        found |= {(ids[0], other) for other in ids[1:]}
    return found


def keep(*, by: Scope, found: Mapping[Pair, tuple[str, Score]], now: datetime) -> int:
    """Makes the queue what was found; what was decided stays as it was asked. How many questions there are. Again changes nothing.

    Raises Denied.
    """
    by.require("imports.run")
    known = {(one, other): id for id, one, other in Suggestion.objects.values_list("id", "one", "other")}
    rows = [_row(pair, kind, told, now) for pair, (kind, told) in found.items()]
    for start in range(0, len(rows), 1_000):
        with transaction.atomic():
            Suggestion.objects.bulk_create(
                rows[start : start + 1_000],
                update_conflicts=True,
                unique_fields=("one", "other"),
                update_fields=("kind", "score", "reasons", "at"),
            )
    gone = {known[pair] for pair in known.keys() - found.keys()}
    for part in chunks(gone):
        _state(Suggestion.objects.filter(id__in=part)).filter(verdict=None).delete()
    return len(rows)


def _row(pair: Pair, kind: str, told: Score, now: datetime) -> Suggestion:
    return Suggestion(
        one_id=pair[0],
        other_id=pair[1],
        kind=kind,
        score=told.percent,
        reasons=[list(each) for each in told.reasons],
        at=now,
    )


def _state(rows: QuerySet[Suggestion]) -> QuerySet[Any]:
    """The rows with the `verdict` that holds of each pair, None where nobody has decided, and its `act`."""
    said = MergeDecision.objects.filter(one=OuterRef("one"), other=OuterRef("other"), ended_at=None)
    return rows.annotate(verdict=Subquery(said.values("verdict")[:1]), act=Subquery(said.values("act")[:1]))


def suggestions(scope: Scope, *, state: str = "open", text: str = "", kind: str = "") -> QuerySet[Any]:
    """The questions about people whom `scope` may see both of: open, later, same, different or all; called `text`; of a kind.

    Each with `verdict` and `act` of the decision that holds; identities, members and communities loaded.
    """
    found = _state(Suggestion.objects.filter(**({"kind": kind} if kind else {})))
    if not scope.everything:
        seen = identities_in(scope)
        found = found.filter(Exists(seen.filter(pk=OuterRef("one"))), Exists(seen.filter(pk=OuterRef("other"))))
    if state == "open":
        # What was joined in another way since is no question any more.
        apart = ~Q(one__member=F("other__member"))
        found = found.filter(verdict=None).filter(apart & Q(kind="name") | ~apart & Q(kind="joined"))
    elif state != "all":
        found = found.filter(verdict=state)
    if text:
        found = found.filter(Q(one__name__icontains=text) | Q(other__name__icontains=text))
    return found.select_related("one__member", "one__community", "other__member", "other__community")


def pairs_of(scope: Scope, keys: Iterable[int]) -> list[Pair]:
    """The pairs of identities of the questions with these primary keys, as far as `scope` may see them."""
    found = suggestions(scope, state="all").filter(pk__in=list(keys))
    return [(one, other) for one, other in found.order_by("-score", "pk").values_list("one", "other")]
