"""Merging: what people decide about who is the same person, and how that is undone. Rewrites nothing: see docs/adr/0009."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.matching import chunks, connected, match
from qunyu.members.models import Identity, Member, MergeDecision, Verdict
from qunyu.members.queries import identities_in

MERGE_SELF = Words(
    "不能把一个人与自己合并；请选择另一位成员", "nobody can be merged with themselves; choose another member"
)
PART = Words(
    "请选择属于另一个人的身份：至少一个，但不能是全部",
    "choose the identities of the other person: some of them, not all",
)
# A job's arguments hold no more ids than this; of more, everybody is labelled anew.
FEW = 150
Pair = tuple[int, int]


def merge(*, by: Scope, one: Member, other: Member, why: str = "", now: datetime) -> MergeDecision:
    """Decides that two members are one person; all that was known of both stays, and shows on the page of the older one.

    Raises Denied unless `by` may edit both; DomainError merge_self.
    """
    if one.pk == other.pk:
        raise DomainError("merge_self", MERGE_SELF)
    heads = dict(Identity.objects.filter(own_member__in=(one.pk, other.pk)).values_list("own_member", "id"))
    return decide(by=by, pairs=[(heads[one.pk], heads[other.pk])], verdict="same", why=why, now=now)[0]


def decide(*, by: Scope, pairs: Collection[Pair], verdict: str, why: str = "", now: datetime) -> list[MergeDecision]:
    """Decides of pairs of identities that they are the same person, different people, or to be looked at later.

    The last word holds: "same" ends every "different" between the two people, "different" parts who is together.
    Raises Denied unless `by` may edit both people of every pair; DomainError merge_self.
    """
    load()
    with transaction.atomic():
        work = _Work(by, now, why[:200])
        for one, other in pairs:
            if one == other:
                raise DomainError("merge_self", MERGE_SELF)
            work.decide(min(one, other), max(one, other), Verdict(verdict))
        work.label_anew()
    return work.made


def unmerge(
    *, by: Scope, member: Member, identities: Collection[int], why: str = "", now: datetime
) -> list[MergeDecision]:
    """Parts some identities of a member from the others; the decisions that keep them apart, whatever imports bring.

    Raises Denied unless `by` may edit both parts; DomainError unmerge_part for none or all of the identities.
    """
    load()
    with transaction.atomic():
        require_edit(by, member)
        everything = set(Identity.objects.filter(member=member).values_list("id", flat=True))
        mine = everything & set(identities)
        if not mine or mine == everything:
            raise DomainError("unmerge_part", PART, field="identities")
        work = _Work(by, now, why[:200])
        work.part(mine, everything - mine)
        work.label_anew()
    return work.made


def take_back(*, by: Scope, decisions: Iterable[MergeDecision], now: datetime) -> int:
    """Ends decisions (all of an act), and lets those hold again whose place they took; how many ended. Again changes nothing.

    Raises Denied unless `by` may edit both people of every one.
    """
    load()
    with transaction.atomic():
        work = _Work(by, now, "")
        ended = [each for each in decisions if work.take_back(each)]
        work.rematch({id for each in ended for id in (each.one_id, each.other_id)})
        work.label_anew()
    return len(ended)


def rematch(*, by: Scope, identities: Collection[int], now: datetime) -> None:
    """Gives identities whose marks changed the member they belong to now; for actions, inside their transaction after `load`."""
    work = _Work(by, now, "")
    work.rematch(identities)
    if len(work.touched) > 1:
        work.label_anew()


def require_edit(by: Scope, member: Member) -> None:
    """Raises Denied unless `by` may edit the profile of `member`."""
    if not editable(by).filter(member=member).exists():
        raise Denied("members.edit")


def decisions_of(member: Member) -> list[MergeDecision]:
    """What was decided about the identities of `member`, ended or not, the latest first; their identities and members loaded."""
    mine = Identity.objects.filter(member=member).values("id")
    found = MergeDecision.objects.filter(Q(one__in=mine) | Q(other__in=mine)).exclude(verdict=Verdict.LATER)
    return list(found.select_related("one__member", "other__member").order_by("-at", "-id"))


def find_act(scope: Scope, public_id: str) -> list[MergeDecision]:
    """The decisions of the act with that public id.

    Raises DomainError unknown_decision where there are none, or one between people `scope` may not see both of.
    """
    found = list(MergeDecision.objects.filter(act=public_id).order_by("id"))
    told = {id for each in found for id in (each.one_id, each.other_id)}
    if not found or identities_in(scope).filter(id__in=told).count() < len(told):
        message = Words("没有编号为“{id}”的判断", "there is no decision with the id “{id}”")
        raise DomainError("unknown_decision", message.fill(id=public_id), id=public_id)
    return found


def editable(scope: Scope, permission: str = "members.edit") -> QuerySet[Identity]:
    """The identities of people whose profiles `scope` may edit (or what else `permission` is of); what is left of erased people is nobody's to edit."""
    if scope.everything:
        return Identity.objects.filter(member__erased=False)
    return identities_in(scope.within(permission))


@dataclass
class _Work:
    """One person's decisions within one transaction; `touched` are the members that were heads before or are now."""

    by: Scope
    now: datetime
    why: str
    act: str = ""
    made: list[MergeDecision] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def decide(self, one: int, other: int, verdict: Verdict) -> None:
        self.act = new_public_id()
        mine, theirs = self._people(one), self._people(other)
        if verdict == Verdict.DIFFERENT and other in mine:
            self.part({other}, mine - {other})
            return
        self._require(mine if other not in mine else {one}, theirs if other not in mine else {other})
        made = self._say(one, other, verdict)
        if verdict == Verdict.SAME:
            self._end(mine, theirs, (Verdict.DIFFERENT, Verdict.LATER), made)
        self.rematch({one, other})
        self._note(made, {one, other})

    def part(self, mine: set[int], theirs: set[int]) -> None:
        """Different people from now on: nothing that joined the one with the other does so any more."""
        self.act = self.act or new_public_id()
        self._require(mine, theirs)
        pairs = self._joined(mine, theirs) or {_ordered(min(mine), min(theirs))}
        for one, other in sorted(pairs):
            self._say(one, other, Verdict.DIFFERENT)
        self.rematch(mine | theirs)
        while left := self._together(mine, theirs):
            self._say(*left, Verdict.DIFFERENT)
            self.rematch(mine | theirs)
        self._note(self.made[-1], mine)

    def take_back(self, decision: MergeDecision) -> bool:
        self._require({decision.one_id}, {decision.other_id})
        if not MergeDecision.objects.filter(pk=decision.pk, ended_at=None).update(ended_at=self.now):
            return False
        for before in MergeDecision.objects.filter(ended_by=decision):
            said = MergeDecision.objects.filter(one=before.one_id, other=before.other_id, ended_at=None)
            if not said.exists():
                MergeDecision.objects.filter(pk=before.pk).update(ended_at=None, ended_by=None)
        self._note(decision, {decision.one_id, decision.other_id}, "member.take_back")
        return True

    def rematch(self, identities: Collection[int]) -> None:
        """Everybody whom the decisions can have moved gets the member they belong to now."""
        reach = {identity for identity, _ in connected(identities)} | set(identities)
        self._touch(reach)
        match(reach)
        self._touch(reach)

    def label_anew(self) -> None:
        """Lets a job renew the labels of whoever is another person now."""
        if not self.touched:
            return
        members = sorted(self.touched) if len(self.touched) <= FEW else None
        enqueue("flows.label", key=f"merge-{min(self.touched)}-{self.now.timestamp()}", members=members)

    def _people(self, identity: int) -> set[int]:
        same = Identity.objects.filter(member__identities=identity)
        return set(same.values_list("id", flat=True)) or {identity}

    def _require(self, *parts: set[int]) -> None:
        """Raises Denied unless something of each part lies where members may be edited."""
        mine = editable(self.by)
        if not all(any(mine.filter(id__in=chunk).exists() for chunk in chunks(part)) for part in parts):
            raise Denied("members.edit")

    def _say(self, one: int, other: int, verdict: Verdict) -> MergeDecision:
        before = MergeDecision.objects.filter(one=one, other=other, ended_at=None)
        ended = list(before.values_list("id", flat=True))
        before.update(ended_at=self.now)
        actor = self.by.actor
        who = {"by": actor.key, "by_name": actor.name[:120]}
        made = MergeDecision.objects.create(
            act=self.act, one_id=one, other_id=other, verdict=verdict, why=self.why, at=self.now, **who
        )
        MergeDecision.objects.filter(id__in=ended).update(ended_by=made)
        self.made.append(made)
        return made

    def _end(self, mine: set[int], theirs: set[int], verdicts: tuple[Verdict, ...], by: MergeDecision) -> None:
        """What was said of the two people before and does not go with `by`."""
        for chunk in chunks(mine):
            for others in chunks(theirs):
                between = Q(one__in=chunk, other__in=others) | Q(one__in=others, other__in=chunk)
                said = MergeDecision.objects.filter(between, verdict__in=verdicts, ended_at=None).exclude(pk=by.pk)
                said.update(ended_at=self.now, ended_by=by)

    def _joined(self, mine: set[int], theirs: set[int]) -> set[Pair]:
        """The pairs of one and the other that share a mark or a decision."""
        holders: dict[tuple[str, str], tuple[set[int], set[int]]] = {}
        for identity, mark in connected(mine | theirs):
            if identity in mine or identity in theirs:
                holders.setdefault(mark, (set(), set()))[identity in theirs].add(identity)
        return {_ordered(one, other) for ours, others in holders.values() for one in ours for other in others}

    def _together(self, mine: set[int], theirs: set[int]) -> Pair | None:
        """Two of one and the other that still are one member; None when all are apart."""
        members = dict(Identity.objects.filter(id__in=mine | theirs).values_list("id", "member"))
        heads = {members[each]: each for each in sorted(theirs, reverse=True)}
        found = sorted(_ordered(each, heads[members[each]]) for each in mine if members[each] in heads)
        return found[0] if found else None

    def _touch(self, identities: Collection[int]) -> None:
        for chunk in chunks(identities):
            self.touched |= set(Identity.objects.filter(id__in=chunk).values_list("member", flat=True))

    def _note(self, decision: MergeDecision, identities: Collection[int], action: str = "") -> None:
        member = Identity.objects.values_list("member", flat=True).get(pk=decision.one_id)
        named = action or _ACTIONS[Verdict(decision.verdict)]
        listed = sorted(identities)[:20]
        audit.record(by=self.by.actor, action=named, kind="member", id=member, now=self.now, identities=listed)


_ACTIONS = {
    Verdict.SAME: "member.merge",
    Verdict.DIFFERENT: "member.unmerge",
    Verdict.LATER: "member.later",
}


def _ordered(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)
