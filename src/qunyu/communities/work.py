"""Work that operators note down by hand: minutes of a day, by kind, in a community or in none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from qunyu.communities.duties import local_day
from qunyu.communities.duty_queries import operators
from qunyu.communities.models import Community, WorkEntry
from qunyu.communities.work_kinds import find_work_kind
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.operators import manages
from qunyu.people.queries import acting_account

if TYPE_CHECKING:
    from qunyu.people.models import Staff

MOST_MINUTES, NOTE_LENGTH = 1440, 200
# The oldest day: a slip of the keyboard, not work.
FIRST_DAY = date(2000, 1, 1)

BAD_MINUTES = Words("分钟数须为 1 至 {most} 的整数", "minutes are a whole number from 1 to {most}")
BAD_WORK_DAY = Words("日期须在 {first} 与今天（{last}）之间", "the day lies between {first} and today ({last})")
BAD_NOTE = Words("备注最多 {n} 个字", "a note has at most {n} characters")
NOT_YOURS = Words(
    "只能记自己的工时；替别人记需要在对方所在单位“管理组织与账号”的权限",
    "you may note down your own work only; for somebody else you must manage accounts where they hold a role",
)


@dataclass(frozen=True, slots=True)
class Work:
    """What an entry says; `kind` is a key or name of communities.work_kinds."""

    day: date
    minutes: int
    kind: str
    community: Community | None = None
    note: str = ""


@transaction.atomic
def add_work(*, by: Scope, staff: Staff, work: Work, now: datetime) -> WorkEntry:
    """Keeps an entry of `staff`.

    Raises DomainError not_yours unless it is one's own or `by` manages accounts where `staff` holds a role; Denied for a community
    that `by` may not see; bad_minutes, bad_work_day, bad_note or unknown_work_kind, with the `field`.
    """
    _check_writer(by, staff.pk, manages(by, staff))
    entry = WorkEntry(staff=staff)
    _write(by, entry, work, now)
    audit.record(by=by.actor, action="work.add", kind="staff", id=entry.staff_id, now=now, **_told(entry))
    return entry


@transaction.atomic
def change_work(*, by: Scope, entry: WorkEntry, work: Work, now: datetime) -> None:
    """Writes the entry anew.

    Raises as `add_work`.
    """
    _check_writer(by, entry.staff_id, manages(by, entry.staff))
    _write(by, entry, work, now)
    audit.record(by=by.actor, action="work.edit", kind="staff", id=entry.staff_id, now=now, **_told(entry))


@transaction.atomic
def remove_work(*, by: Scope, entry: WorkEntry, now: datetime) -> None:
    """Removes the entry.

    Raises DomainError not_yours.
    """
    _check_writer(by, entry.staff_id, manages(by, entry.staff))
    audit.record(by=by.actor, action="work.remove", kind="staff", id=entry.staff_id, now=now, **_told(entry))
    entry.delete()


def _check_writer(by: Scope, staff: int, managed: bool) -> None:
    if acting_account(by.actor) != staff and not managed:
        raise DomainError("not_yours", NOT_YOURS)


def _write(by: Scope, entry: WorkEntry, work: Work, now: datetime) -> None:
    if work.community is not None:
        by.require("communities.view", work.community.unit_id)
    check_work(work, local_day(now))
    entry.community, entry.day, entry.minutes = work.community, work.day, work.minutes
    entry.kind, entry.note = find_work_kind(work.kind).key, work.note.strip()
    entry.save()


def check_work(work: Work, today: date) -> None:
    """Raises DomainError bad_minutes, bad_work_day, bad_note or unknown_work_kind, with the `field`."""
    if not 1 <= work.minutes <= MOST_MINUTES:
        raise DomainError("bad_minutes", BAD_MINUTES.fill(most=MOST_MINUTES), field="minutes")
    if not FIRST_DAY <= work.day <= today:
        raise DomainError("bad_work_day", BAD_WORK_DAY.fill(first=FIRST_DAY, last=today), field="day")
    if len(work.note.strip()) > NOTE_LENGTH:
        raise DomainError("bad_note", BAD_NOTE.fill(n=NOTE_LENGTH), field="note")
    find_work_kind(work.kind)


def _told(entry: WorkEntry) -> dict[str, object]:
    return {"work": entry.kind, "minutes": entry.minutes, "day": entry.day.isoformat()}


def work_entries(scope: Scope) -> QuerySet[WorkEntry]:
    """The entries `scope` may see, the latest day first.

    One's own, all of them; others' where effort.view holds: of communities there, and without a community of `operators`.
    """
    everything = WorkEntry.objects.select_related("staff", "community").order_by("-day", "-id")
    if scope.everything:
        return everything
    seen = Q(staff=acting_account(scope.actor))
    if scope.may("effort.view"):
        here = Community.objects.visible_to(scope.within("effort.view"))
        seen |= Q(community__in=here) | Q(community=None, staff__in=operators(scope).values("pk"))
    return everything.filter(seen)


def find_work(scope: Scope, public_id: str) -> WorkEntry:
    """The entry with that public id.

    Raises DomainError unknown_work when there is none that `scope` may see.
    """
    found = work_entries(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的工时记录", "there is no entry of work with the id “{id}”")
        raise DomainError("unknown_work", message.fill(id=public_id), id=public_id)
    return found


@dataclass(frozen=True, slots=True)
class Noted:
    """Minutes noted down and in how many entries."""

    minutes: int
    entries: int


def noted(
    scope: Scope, first: date, last: date, staff: Collection[int] | None = None
) -> dict[tuple[int, int | None, str], Noted]:
    """(account, community or None, kind) -> what was noted down of these days, as far as `scope` may see it."""
    rows = work_entries(scope).filter(day__gte=first, day__lte=last)
    if staff is not None:
        rows = rows.filter(staff__in=staff)
    summed = rows.order_by().values_list("staff", "community", "kind").annotate(m=Sum("minutes"), n=Count("id"))
    return {(who, where, kind): Noted(minutes, entries) for who, where, kind, minutes, entries in summed}
