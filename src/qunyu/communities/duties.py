"""Duties: who runs a community. Writes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from qunyu.communities.models import Community, Duty
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.operators import reaches

if TYPE_CHECKING:
    from qunyu.people.models import Staff

DUTY_KINDS: dict[str, Words] = {
    "owner": Words("群主", "Owner"),
    "admin": Words("管理员", "Admin"),
    "kol": Words("KOL", "KOL"),
    "atmosphere": Words("气氛组", "Atmosphere team"),
}
# Those who carry a community; the others only take part in it.
CARRYING = ("owner", "admin")

UNKNOWN_KIND = Words("没有职责“{kind}”；可用：{known}", "there is no duty “{kind}”; there are: {known}")
CLOSED = Words(
    "账号“{name}”已停用；请先启用或换一个人", "the account “{name}” is closed; open it again or choose another"
)
OUT_OF_REACH = Words(
    "“{name}”在社群“{community}”所属的组织单位“{unit}”没有任何角色；请先授予角色",
    "“{name}” holds no role that reaches “{unit}”, where “{community}” is; give them a role there first",
)
BAD_DAYS = Words(
    "日期不对（{first} 至 {last}）：开始不能晚于结束，也不能在将来",
    "these days cannot be ({first} to {last}): a duty begins before it ends, and not in the future",
)
SAME = Words("不能交接给同一个人", "duties cannot be handed over to the same person")
NOTHING = Words("“{name}”没有您可以交接的职责", "“{name}” has no duty that you may hand over")


def duty_kind(text: str) -> str:
    """The code of the kind with that code or name, in either language.

    Raises DomainError unknown_duty_kind with the `field`.
    """
    wanted = text.strip().casefold()
    for code, words in DUTY_KINDS.items():
        if wanted in (code, words.zh.casefold(), words.en.casefold()):
            return code
    known_zh, known_en = "、".join(each.zh for each in DUTY_KINDS.values()), ", ".join(DUTY_KINDS)
    words = Words(UNKNOWN_KIND.zh.format(kind=text, known=known_zh), UNKNOWN_KIND.en.format(kind=text, known=known_en))
    raise DomainError("unknown_duty_kind", words, field="kind")


@transaction.atomic
def give_duty(
    *, by: Scope, community: Community, staff: Staff, kind: str, now: datetime, since: date | None = None
) -> Duty:
    """The running duty of `staff` in `community`: from the day `since` (None: today) on, or the one that is running already.

    Raises Denied; DomainError unknown_duty_kind, account_closed, out_of_reach or bad_duty_days.
    """
    by.require("communities.edit", community.unit_id)
    code = duty_kind(kind)
    _check_fit(community, staff)
    begun = since or local_day(now)
    _check_days(begun, None, now)
    duty, made = Duty.objects.get_or_create(
        community=community, staff=staff, kind=code, until=None, defaults={"since": begun}
    )
    if made:
        audit.record(
            by=by.actor, action="duty.give", kind="community", id=community.pk, now=now, staff=staff.pk, duty=code
        )
    return duty


@transaction.atomic
def keep_past_duty(
    *, by: Scope, community: Community, staff: Staff, kind: str, days: tuple[date, date], now: datetime
) -> bool:
    """Keeps that `staff` held an office from the first of `days` to the last; False where that was known.

    Raises Denied; DomainError unknown_duty_kind or bad_duty_days.
    """
    by.require("communities.edit", community.unit_id)
    _check_days(*days, now)
    told = {"community": community, "staff": staff, "kind": duty_kind(kind), "since": days[0], "until": days[1]}
    if Duty.objects.filter(**told).exists():
        return False
    duty = Duty.objects.create(**told)
    data = {"staff": staff.pk, "duty": duty.kind, "until": days[1].isoformat()}
    audit.record(by=by.actor, action="duty.give", kind="community", id=community.pk, now=now, **data)
    return True


def _check_days(since: date, until: date | None, now: datetime) -> None:
    if since > (until or since) or (until or since) > local_day(now):
        raise DomainError("bad_duty_days", BAD_DAYS.fill(first=since, last=until or "–"), field="since")


def _check_fit(community: Community, staff: Staff) -> None:
    if not staff.is_active:
        raise DomainError("account_closed", CLOSED.fill(name=staff.name), field="staff")
    if not reaches(staff, community.unit.path):
        message = OUT_OF_REACH.fill(name=staff.name, community=community.name, unit=community.unit.name)
        raise DomainError("out_of_reach", message, field="staff")


@transaction.atomic
def end_duty(*, by: Scope, duty: Duty, now: datetime) -> None:
    """Ends a duty as of today; one that has ended stays as it is.

    Raises Denied.
    """
    by.require("communities.edit", duty.community.unit_id)
    day = max(duty.since, local_day(now))
    if Duty.objects.filter(pk=duty.pk, until=None).update(until=day):
        data = {"staff": duty.staff_id, "duty": duty.kind}
        audit.record(by=by.actor, action="duty.end", kind="community", id=duty.community_id, now=now, **data)


@transaction.atomic
def hand_over(*, by: Scope, staff: Staff, to: Staff, now: datetime) -> int:
    """Gives `to` every running duty of `staff` in communities that `by` may edit, and ends it for `staff`; how many.

    Raises Denied; DomainError same_staff, nothing_to_hand_over, account_closed or out_of_reach (nothing has then changed).
    """
    by.require("communities.edit")
    if staff.pk == to.pk:
        raise DomainError("same_staff", SAME, field="to")
    running = Duty.objects.filter(
        staff=staff, until=None, community__in=Community.objects.visible_to(by, "communities.edit")
    )
    found = list(running.select_related("community__unit").order_by("id"))
    if not found:
        raise DomainError("nothing_to_hand_over", NOTHING.fill(name=staff.name), field="to")
    for duty in found:
        give_duty(by=by, community=duty.community, staff=to, kind=duty.kind, now=now)
        end_duty(by=by, duty=duty, now=now)
    return len(found)


def local_day(now: datetime) -> date:
    """The day of the deployment's calendar."""
    return now.astimezone(settings.QUNYU_ZONE).date()
