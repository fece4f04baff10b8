"""Experts: who in the communities can help with something, by tags, profile, and what they wrote and answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from qunyu.events.lake.store import Lake
from qunyu.insights.expertise import Expertise, Spoke, expertise
from qunyu.insights.topic import Topic, topic_of
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.fields import fields_in
from qunyu.members.matching import chunks
from qunyu.members.models import Identity, Member, ProfileEntry, Tag
from qunyu.members.profile import profiles
from qunyu.members.queries import people
from qunyu.members.rules.expertise import Signs, points
from qunyu.members.tag_filtering import live_taggings
from qunyu.members.tag_queries import Carried, carried, groups_in, tags_among

if TYPE_CHECKING:
    from django.db.models import QuerySet

SHOWN = 30
# So many people with a fitting tag or field are weighed, those who said most first.
WEIGHED = 2_000
# Of a profile, what may tell of knowledge; sensitive fields are never looked at.
_KINDS = frozenset(("text", "long_text", "choice", "choices"))


@dataclass(frozen=True)
class Asked:
    """What is looked for: the words typed, the days, in which communities (ids; None: all), and whether staff are proposed too."""

    text: str
    first: date
    last: date
    communities: frozenset[int] | None = None
    staff: bool = False


@dataclass(frozen=True)
class Expert:
    """Somebody proposed, with the reasons: tags and (field, value) that name the topic, and what they said (None: nothing on those days)."""

    member: Member
    points: float
    tags: tuple[Carried, ...] = ()
    fields: tuple[tuple[Words, Words], ...] = ()
    spoke: Spoke | None = None


@dataclass(frozen=True)
class Experts:
    """`found` are the SHOWN with most for them, of `people` in all for whom anything speaks; `talk` tells what was read for it."""

    topic: Topic
    people: int
    talk: Expertise
    found: tuple[Expert, ...] = field(default=())


def experts(lake: Lake, scope: Scope, asked: Asked) -> Experts:
    """Who can help with what is asked, those first for whom most speaks; bots and the atmosphere team are never among them.

    Only people whom `scope` may see, by what they said where it may see members. Raises Denied; DomainError no_topic.
    """
    scope.require("members.view")
    topic = topic_of(asked.text)
    talk = expertise(lake, scope, topic, asked.first, asked.last, asked.communities)
    tags = _named(scope, topic)
    spoke = {each.member: each for each in talk.found}
    wanted = {*spoke, *_tagged(scope, tags), *_profiled(scope, topic)}
    shown = _people(scope, asked, sorted(wanted, key=lambda each: (each not in spoke, each))[:WEIGHED])
    on = carried(scope, list(shown), tags) if tags else {}
    told = _fields(scope, topic, list(shown))
    found = [
        _expert(shown[key], asked.last, tuple(on.get(key, ())), told.get(key, ()), spoke.get(key)) for key in shown
    ]
    real = sorted((each for each in found if each.points), key=lambda each: (-each.points, each.member.pk))
    return Experts(topic, len(real) + max(0, talk.people - len(talk.found)), talk, tuple(real[:SHOWN]))


def _expert(
    member: Member,
    last: date,
    tags: tuple[Carried, ...],
    fields: tuple[tuple[Words, Words], ...],
    spoke: Spoke | None,
) -> Expert:
    here = tuple(each for each in tags if not each.overruled)
    signs = Signs(len(here), len(fields))
    if spoke is not None:
        silent = (last - spoke.last_at.astimezone(settings.QUNYU_ZONE).date()).days
        signs = Signs(len(here), len(fields), spoke.messages, spoke.answers, spoke.thanked, silent)
    return Expert(member, points(signs), here, fields, spoke)


def _named(scope: Scope, topic: Topic) -> list[Tag]:
    """The tags whose names or helps speak of the topic."""
    found = tags_among(groups_in(scope))
    return [each for each in found if topic.holds(each.name) or (each.help and topic.holds_in(each.help))]


def _tagged(scope: Scope, tags: Collection[Tag]) -> set[int]:
    if not tags:
        return set()
    rows = live_taggings().filter(tag__in=[each.pk for each in tags], member__own_identity__member__in=people(scope))
    return set(rows.values_list("member__own_identity__member", flat=True))


def _profiled(scope: Scope, topic: Topic) -> set[int]:
    """Who may have written about themselves what speaks of the topic."""
    keys = [each.key for each in fields_in(scope) if each.kind in _KINDS and not each.sensitive]
    says = Q()
    for text in topic.texts:
        says |= Q(value__icontains=text)
    rows = ProfileEntry.objects.filter(says, field__in=keys, sealed=False, withdrawn_at=None)
    heads = Identity.objects.filter(own_member__in=rows.values("member")).values_list("member", flat=True)
    return set(heads.filter(member__in=people(scope)).distinct().order_by("-member")[:WEIGHED])


def _fields(scope: Scope, topic: Topic, members: list[int]) -> Mapping[int, tuple[tuple[Words, Words], ...]]:
    wanted = [each for each in fields_in(scope) if each.kind in _KINDS and not each.sensitive]
    return {
        key: tuple(
            (each.field.title, each.text)
            for each in answers
            if each.text is not None and not each.unreadable and topic.holds_in(each.text.zh)
        )
        for key, answers in profiles(scope, members, wanted).items()
    }


def _people(scope: Scope, asked: Asked, members: Collection[int]) -> dict[int, Member]:
    """Those of the members who may be proposed, by primary key."""
    roles = ("member", "staff") if asked.staff else ("member",)
    found: dict[int, Member] = {}
    for part in chunks(members):
        rows: QuerySet[Member] = people(scope).filter(pk__in=part, role__in=roles)
        if asked.communities is not None:
            rows = rows.filter(identities__memberships__community__in=asked.communities).distinct()
        found |= {each.pk: each for each in rows}
    return found
