"""Consents: what people said to a use of their data, each kept with its evidence; the latest counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from qunyu.jobs.port import load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.once import once
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import editable
from qunyu.members.own import PERSON, of_people
from qunyu.members.personal import own_members
from qunyu.members.queries import identities_in
from qunyu.privacy.models import Consent, Purpose

if TYPE_CHECKING:
    from qunyu.members.models import Member

# Source: PIPL arts. 13, 14, 23, 24 (consent for each purpose, for passing data on, for decisions made by machine).
PURPOSES: dict[str, Words] = {
    "service": Words("提供服务与答疑", "service and answers"),
    "marketing": Words("营销联系", "marketing contact"),
    "profiling": Words("分析与个性化推荐", "profiling and personal offers"),
    "sharing": Words("提供给合作方", "sharing with partners"),
    "praise": Words("使用其好评与照片", "use of their praise and photos"),
}
STATES: dict[str, Words] = {
    "granted": Words("同意", "Granted"),
    "refused": Words("拒绝", "Refused"),
    "withdrawn": Words("撤回", "Withdrawn"),
}
SOURCES: dict[str, Words] = {
    "form": Words("表单", "form"),
    "chat": Words("聊天消息", "chat message"),
    "paper": Words("书面", "paper"),
    "call": Words("电话", "call"),
    "import": Words("导入", "import"),
}


@dataclass(frozen=True)
class Said:
    """What somebody said: to which `purpose`, which way (`state`), where (`source`), to which `wording`, and the `evidence`."""

    purpose: str
    state: str
    source: str = "chat"
    wording: str = ""
    evidence: str = ""


@once
def _added() -> list[Purpose]:
    """The purposes of units, the retired ones too: a few."""
    return list(Purpose.objects.order_by("id"))


def purposes(scope: Scope, *, retired: bool = True) -> dict[str, Words]:
    """Every purpose by key: those of the product, and those that units where people may be seen have added; `retired` ones too."""
    seen = None if scope.everything else scope.units("members.view")
    own = [
        each for each in _added() if (retired or each.archived_at is None) and (seen is None or each.unit_id in seen)
    ]
    return PURPOSES | {each.key: Words(each.name_zh, each.name_en) for each in own}


def retired_purposes() -> set[str]:
    """The keys of purposes that nobody agrees to any more."""
    return {each.key for each in _added() if each.archived_at is not None}


def note(*, by: Scope, members: Collection[Member], said: Said, at: datetime, now: datetime) -> int:
    """Writes down what each of the members said, at the moment `at`; of how many. What was said before stays on record.

    Raises Denied unless `by` may edit each of them; DomainError bad_consent with the `field`.
    """
    load()
    _check(by, said, at, now)
    keys = {member.pk for member in members}
    allowed = set(editable(by).filter(member__in=keys).values_list("member", flat=True))
    if allowed != keys:
        raise Denied("members.edit")
    told = {name: getattr(said, name)[:length] for name, length in _LENGTHS.items()}
    with transaction.atomic():
        Consent.objects.bulk_create(
            Consent(member_id=key, at=at, by_name=by.actor.name[:120], written_at=now, **told) for key in sorted(keys)
        )
        action = _ACTIONS[said.state]
        for key in sorted(keys):
            audit.record(by=by.actor, action=action, kind="member", id=key, now=now, purpose=said.purpose)
    return len(keys)


_ACTIONS = {"granted": "consent.granted", "refused": "consent.refused", "withdrawn": "consent.withdrawn"}
_LENGTHS = {"purpose": 40, "state": 9, "source": 10, "wording": 40, "evidence": 200}


def _check(by: Scope, said: Said, at: datetime, now: datetime) -> None:
    # To a purpose that was retired nobody agrees any more; taking back what was said stays possible.
    known_purposes = purposes(by, retired=said.state != "granted")
    for name, value, known in (
        ("purpose", said.purpose, known_purposes), ("state", said.state, STATES), ("source", said.source, SOURCES),
    ):  # fmt: skip
        if value not in known:
            message = Words("“{value}”不在可选项里：{known}", "“{value}” is none of {known}")
            raise DomainError("bad_consent", message.fill(value=value, known=", ".join(known)), field=name)
    if at > now:
        raise DomainError("bad_consent", Words("时间在未来", "that time has not come yet"), field="at")


def consents_of(member: Member) -> QuerySet[Consent]:
    """All that a person said, whatever identity it was written for, the latest first; for callers that found them under a scope."""
    return Consent.objects.filter(member__in=own_members([member.pk])).order_by("-at", "-id")


def known_already(member: Member, purpose: str, state: str, at: datetime) -> bool:
    """Whether it is on record that the person said so in that second (files tell no shorter time)."""
    within = {"at__gte": at.replace(microsecond=0), "at__lt": at.replace(microsecond=0) + timedelta(seconds=1)}
    return consents_of(member).filter(purpose=purpose, state=state, **within).exists()


def all_consents(scope: Scope) -> QuerySet[Consent]:
    """What all the people `scope` may see have said, each time, the latest first."""
    seen = identities_in(scope).filter(own_member=OuterRef("member"))
    found = Consent.objects.filter(Exists(seen)).select_related("member__own_identity__member")
    return found.order_by("-at", "-id")


def in_force(found: QuerySet[Consent]) -> QuerySet[Consent]:
    """Those of `found` that count now: nothing the person said later to the same purpose, or just then and rather against it.

    Of words said at once a withdrawal counts before a refusal, and that before a consent, as their codes are in order.
    """
    same = Consent.objects.filter(purpose=OuterRef("purpose"), **{PERSON: OuterRef(PERSON)})
    later = Q(at__gt=OuterRef("at")) | Q(state__gt=OuterRef("state"))
    return found.exclude(Exists(same.filter(later, at__gte=OuterRef("at"))))


@dataclass(frozen=True)
class Wanted:
    """Which consents: of people whose name holds `search`, to a `purpose`, of a `state`; `now` those alone that are in force."""

    search: str = ""
    purpose: str = ""
    state: str = ""
    now: bool = False


def wanted_consents(scope: Scope, wanted: Wanted) -> QuerySet[Consent]:
    """Those of `all_consents` that are wanted."""
    rows = all_consents(scope)
    if wanted.search:
        rows = rows.filter(member__own_identity__member__name__icontains=wanted.search)
    chosen = {name: value for name, value in (("purpose", wanted.purpose), ("state", wanted.state)) if value}
    rows = rows.filter(**chosen)
    return in_force(rows) if wanted.now else rows


NO_MARKETING = Words("对方不同意营销联系", "they do not consent to marketing contact")


def not_marketable(people: Collection[int] | None, now: datetime) -> set[int]:
    """Who of `people` (primary keys; None: of all) refused marketing contact or withdrew it, and has not granted it since."""
    said = of_people(Consent.objects.filter(purpose="marketing", at__lte=now), people)
    return set(in_force(said).exclude(state="granted").values_list(PERSON, flat=True))
