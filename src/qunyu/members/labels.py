"""Labels as they are kept: written set by set, with what they said before; and read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Count, FloatField, JSONField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from qunyu.communities.queries import communities_where
from qunyu.events.queries import shown
from qunyu.insights.label import find_label, labels
from qunyu.insights.labelling import KEPT, Changes
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.actions import CHUNK
from qunyu.members.belonging import belonging
from qunyu.members.matching import chunks
from qunyu.members.models import Identity, Label, LabelRun, Member, PastLabel

if TYPE_CHECKING:
    from qunyu.communities.models import Community

_COLUMNS = ("key", "member_id", "unit_id", "value", "rule", "figures")


def kept(members: Collection[int] | None) -> pa.Table:
    """The labels that are kept of `members` (None: of everybody), as insights.labelling.KEPT."""
    rows: list[tuple[Any, ...]] = []
    for part in [None] if members is None else chunks(members):
        found = Label.objects.all() if part is None else Label.objects.filter(member__in=part)
        statement, parameters = found.values_list(*_COLUMNS).query.sql_with_params()
        # Straight from the cursor: the ORM takes several times as long for a million rows.
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            rows += cursor.fetchall()
    values = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
    return pa.table([pa.array(column, field.type) for column, field in zip(values, KEPT, strict=True)], schema=KEPT)


def put_labels(*, by: Scope, changes: Changes, people: int | None, now: datetime) -> int:
    """Keeps what a computation found, in chunks; how many members got another value. Again changes nothing.

    Raises Denied.
    """
    by.require("imports.run")
    moved: set[int] = set()
    if changes.as_of is not None:
        _go_back(changes.as_of)
        for batch in changes.put.to_batches(max_chunksize=CHUNK):
            moved |= _put(batch.to_pylist(), changes.as_of)
    for batch in changes.gone.to_batches(max_chunksize=CHUNK):
        _end(batch.to_pylist(), changes.as_of)
    if changes.as_of is not None:
        LabelRun.objects.create(at=now, as_of=changes.as_of, people=people, changed=len(moved))
    return len(moved)


def _go_back(as_of: date) -> None:
    """Data that were undone tell of their days no more: what was said on them was never so."""
    before = last_run()
    if before is None or before.as_of <= as_of:
        return
    for part in chunks(set(Label.objects.filter(since__gt=as_of).values_list("id", flat=True))):
        Label.objects.filter(id__in=part).update(since=as_of)
    for part in chunks(set(PastLabel.objects.filter(until__gt=as_of).values_list("id", flat=True))):
        with transaction.atomic():
            PastLabel.objects.filter(id__in=part, since__gte=as_of).delete()
            PastLabel.objects.filter(id__in=part).update(until=as_of)


@transaction.atomic
def _put(rows: list[dict[str, Any]], as_of: date) -> set[int]:
    members = {row["member"] for row in rows}
    there = set(Member.objects.filter(id__in=members).values_list("id", flat=True))
    before = {(each.member_id, each.key): each for each in Label.objects.filter(member__in=members)}
    fresh = [_label(row, as_of) for row in rows if row["member"] in there]
    past: list[PastLabel] = []
    other: list[Label] = []
    for label in fresh:
        old = before.get((label.member_id, label.key))
        if old is not None and old.value == label.value:
            label.since = old.since
            continue
        other.append(label)
        # What changed within one day of data was never so at the end of a day.
        if old is not None and old.since < as_of:
            past.append(_past(old, as_of))
    _resume(other, as_of)
    Label.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=("member", "key"),
        update_fields=("value", "rule", "figures", "unit_id", "since"),
    )
    PastLabel.objects.bulk_create(past)
    return {label.member_id for label in other}


def _resume(labels: Iterable[Label], as_of: date) -> None:
    """Whoever had the same value until today had it all the time."""
    found = {(each.member_id, each.key): each for each in labels}
    ended = PastLabel.objects.filter(member__in={member for member, _ in found}, until=as_of)
    same = [each for each in ended if (now := found.get((each.member_id, each.key))) and now.value == each.value]
    for each in same:
        found[(each.member_id, each.key)].since = each.since
    PastLabel.objects.filter(id__in=[each.pk for each in same]).delete()


@transaction.atomic
def _end(rows: list[dict[str, Any]], as_of: date | None) -> None:
    """Removes labels (label, member) of who has none any more; while there are data they stay in the history."""
    members: dict[str, list[int]] = {}
    for row in rows:
        members.setdefault(row["label"], []).append(row["member"])
    for key, ids in members.items():
        found = Label.objects.filter(member__in=ids, key=key)
        if as_of is not None:
            PastLabel.objects.bulk_create([_past(each, as_of) for each in found if each.since < as_of])
        found.delete()


def _label(row: Mapping[str, Any], as_of: date) -> Label:
    return Label(
        member_id=row["member"],
        key=row["label"],
        value=row["value"],
        rule=row["rule"],
        figures=row["figures"],
        unit_id=row["unit"],
        since=as_of,
    )


def _past(label: Label, until: date) -> PastLabel:
    return PastLabel(
        member_id=label.member_id,
        key=label.key,
        value=label.value,
        rule=label.rule,
        figures=label.figures,
        unit_id=label.unit_id,
        since=label.since,
        until=until,
    )


def forget_labels_of_nobody(*, by: Scope) -> None:
    """Removes the labels of who is no ordinary member (any more) or goes under another member's name now.

    Raises Denied.
    """
    by.require("imports.run")
    stale = Member.objects.filter(~Q(role="member") | Q(identities=None), labels__isnull=False).values_list(
        "id", flat=True
    )
    for part in chunks(set(stale)):
        with transaction.atomic():
            Label.objects.filter(member__in=part).delete()


def last_run() -> LabelRun | None:
    """The latest computation; None before the first."""
    return LabelRun.objects.order_by("-id").first()


@dataclass(frozen=True)
class Told:
    """One label of one member as `scope` may see it. `reason` is None where the figures speak of what lies outside the scope."""

    key: str
    value: str
    since: date
    until: date | None
    reason: Words | None


def labels_of(scope: Scope, member: Member) -> list[Told]:
    """What every label says of `member` now, as far as `scope` may know."""
    found = {each.key: each for each in Label.objects.filter(_readable(scope), member=member)}
    return [_told(scope, found[key]) for key in labels() if key in found]


def history_of(scope: Scope, member: Member) -> list[Told]:
    """What the labels said of `member` before, the latest first."""
    rows = PastLabel.objects.filter(_readable(scope), member=member, key__in=labels()).order_by("-until", "key")
    return [_told(scope, each) for each in rows]


def _readable(scope: Scope, *, there: bool = False) -> Q:
    """The rows whose value `scope` may know: of the people it may see, and what needs a permission of those who are where it holds.

    `there` says that only people in communities where members.view holds are asked about, as which they need no other proof.
    """
    if scope.everything:
        return Q(key__in=labels())
    shown = Q(pk__in=())
    for needed, keys in _keys_by_need(scope).items():
        proven = there and needed == "members.view"
        shown |= Q(key__in=keys) if proven else Q(key__in=keys) & belonging(scope, "member", needed)
    return shown


def _keys_by_need(scope: Scope) -> dict[str, list[str]]:
    """Permission -> the labels that show where it and members.view hold; none that holds nowhere."""
    found: dict[str, list[str]] = {}
    for key, label in labels().items():
        # Where people are seen nowhere but where the needed permission holds as well, that they are seen is enough.
        needed = label.needs if label.needs and not _covers(scope, label.needs) else "members.view"
        if scope.may("members.view") and scope.may(needed):
            found.setdefault(needed, []).append(key)
    return found


def _covers(scope: Scope, needed: str) -> bool:
    return scope.everything or scope.units("members.view") <= scope.units(needed)


def labelled_as(scope: Scope, key: str, value: str, *, there: bool = False) -> QuerySet[Label]:
    """The rows of who is so labelled, as far as `scope` may know; `there` says that only people in its communities are asked about.

    Raises DomainError unknown_label or unknown_label_value.
    """
    return Label.objects.filter(
        _readable(scope, there=there), key=find_label(key).key, value=find_label(key).value(value).code
    )


def said(scope: Scope, key: str) -> QuerySet[Label]:
    """What the label says of everybody, as far as `scope` may know.

    Raises DomainError unknown_label.
    """
    return Label.objects.filter(_readable(scope), key=find_label(key).key)


def scored(scope: Scope, key: str, figure: str) -> QuerySet[Label]:
    """What the label says, as `said`, with `score`: one of the figures behind it, of those `scope` may know the figures of.

    Raises DomainError unknown_label.
    """
    needed = ("members.view", *filter(None, (find_label(key).needs,)))
    rows = said(scope, key)
    if not scope.everything:
        rows = rows.filter(unit_id__in=frozenset.intersection(*(scope.units(each) for each in needed)))
    score = Cast(KeyTextTransform(figure, Cast("figures", JSONField())), FloatField())
    return rows.annotate(score=score).filter(score__isnull=False)


def _told(scope: Scope, row: Label | PastLabel) -> Told:
    label = labels()[row.key]
    whole = scope.may("members.view", row.unit_id) and (not label.needs or scope.may(label.needs, row.unit_id))
    reason = label.reason(row.rule, json.loads(row.figures)) if whole and row.rule < len(label.rules) else None
    return Told(row.key, row.value, row.since, row.until if isinstance(row, PastLabel) else None, reason)


def values_of(scope: Scope, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Member -> label -> value, of the labels that `scope` may know."""
    rows = Label.objects.filter(_readable(scope), member__in=list(ids)).values_list("member", "key", "value")
    found: dict[int, dict[str, str]] = {}
    for member, key, value in rows:
        found.setdefault(member, {})[key] = value
    return found


Mix = dict[str, dict[str, int]]


def mix(scope: Scope, ids: Collection[int] | None = None) -> Mix:
    """Label -> value -> how many of who is in the communities `ids` (None: in any) now, of the labels that `scope` may know.

    The values nobody has are 0. Empty where `scope` may see nobody.
    """
    by_need = _keys_by_need(scope)
    found = {key: dict.fromkeys((each.code for each in label.values), 0) for key, label in labels().items()
             if any(key in keys for keys in by_need.values())}  # fmt: skip
    for needed, keys in by_need.items():
        # Asked of each person once and not of each of their labels, which takes several times as long.
        here = Label.objects.filter(key__in=keys, member__in=_people_there(scope, ids, needed))
        for key, value, count in here.values_list("key", "value").annotate(n=Count("id")).order_by():
            if value in found[key]:
                found[key][value] = count
    return found


def _people_there(scope: Scope, ids: Collection[int] | None, needed: str) -> QuerySet[Any, Any]:
    """Who is in those communities now, of those who are somewhere where `needed` holds."""
    there = {"memberships__community__in": _communities(scope, ids), "memberships__left_at": None}
    found = Identity.objects.filter(shown("supplied_by"), **there)
    proven = scope.everything or needed == "members.view"
    return (found if proven else found.filter(belonging(scope, "member", needed))).values("member")


def mix_by_community(scope: Scope, key: str, ids: Collection[int] | None = None) -> dict[int, dict[str, int]]:
    """Community -> value of the label `key` -> how many of who is there now; communities without anybody are missing.

    Raises DomainError unknown_label.
    """
    find_label(key)
    where = "member__identities__memberships__community"
    rows = _present(scope, ids).filter(key=key).values_list(where, "value").annotate(n=Count("member", distinct=True))
    found: dict[int, dict[str, int]] = {}
    for community, value, count in rows.order_by():
        found.setdefault(community, {})[value] = count
    return found


def _present(scope: Scope, ids: Collection[int] | None) -> QuerySet[Label]:
    """The labels that `scope` may know of who is in those communities now, once for each of them."""
    where = "member__identities__memberships__"
    there = {f"{where}community__in": _communities(scope, ids), f"{where}left_at": None}
    return Label.objects.filter(_readable(scope, there=True), shown("member__identities__supplied_by"), **there)


def _communities(scope: Scope, ids: Collection[int] | None) -> QuerySet[Community]:
    here = communities_where(scope, "members.view")
    return here if ids is None else here.filter(id__in=ids)


def members_of_units(units: Collection[int]) -> Iterator[int]:
    """The members whose labels go by the thresholds of one of `units`."""
    return Label.objects.filter(unit_id__in=units, key="tier").values_list("member", flat=True).iterator()
