"""Sessions: where one is signed in oneself, and ending that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask
from qunyu.kernel.words import Words
from qunyu.people.devices import device
from qunyu.people.sessions import end_session, end_sessions, ends_at, find_session

if TYPE_CHECKING:
    from qunyu.people.models import Staff, StaffSession

ENDED = Words("已结束这个登录", "That session is ended")
ALL_ENDED = Words("已结束 {n} 个登录", "{n} sessions are ended")


@dataclass(frozen=True)
class SessionRow:
    """A session as a page shows it; `here` is the one that the page is shown under."""

    session: StaffSession
    device: Words
    here: bool
    ends_at: datetime


def rows_of(sessions: Sequence[StaffSession], here: int = 0) -> list[SessionRow]:
    """The sessions, the one with the primary key `here` first."""
    rows = [SessionRow(each, device(each.agent), each.pk == here, ends_at(each)) for each in sessions]
    return sorted(rows, key=lambda row: not row.here)


def end_mine(request: Ask, public_id: str) -> HttpResponse:
    """Ends a session of mine at once."""
    now = timezone.now()
    end_session(by=request.scope, session=find_session(_me(request), public_id, now), now=now)
    messages.success(request, str(ENDED))
    return redirect("console:account")


def end_my_others(request: Ask) -> HttpResponse:
    """Ends every session of mine but this one."""
    ended = end_sessions(by=request.scope, staff=_me(request), but=request.staff_session.pk, now=timezone.now())
    messages.success(request, str(ALL_ENDED.fill(n=ended)))
    return redirect("console:account")


def _me(request: Ask) -> Staff:
    return cast("Staff", request.user)
