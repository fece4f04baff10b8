"""One member's contacts: whether the cap lets them be contacted, the quiet list, occasions that come, and what they were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone

from qunyu.care.asks import KINDS, OUTCOMES, asks
from qunyu.care.queries import coming, told
from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask
from qunyu.console.forms import Form
from qunyu.console.inputs import day
from qunyu.console.member_parts import MemberPart
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.members import quiet
from qunyu.members.contacting import CHANNELS, Touch, claim, may_pass
from qunyu.members.leave import may_contact
from qunyu.members.merging import editable

if TYPE_CHECKING:
    from qunyu.members.models import Member

DONE = Words("已保存", "Saved")
SHOWN = 5
UNKNOWN_ACT = Words("没有这种操作", "there is no such action")


def _coming(row: Any) -> dict[str, Any]:
    kind, why = told(row)
    return {"day": row.due, "title": kind.title, "why": why}


def _asked(row: Any) -> dict[str, Any]:
    found = {"id": row.public_id, "at": local_day(row.asked_at), "what": row.what}
    return {**found, "title": KINDS[row.kind], "outcome": OUTCOMES[row.outcome]}


def _act(request: Ask, form: Form, member: Member) -> None:
    by, now = request.scope, timezone.now()
    if not editable(by).filter(member=member).exists():
        raise Denied("members.edit")
    does = form.text("do")
    if does == "quiet":
        said: dict[str, Any] = {"reason": form.text("reason"), "note": form.text("note"), "until": day(form, "until")}
        quiet.keep_quiet(by=by, member=member, now=now, **said)
    elif does == "end_quiet":
        quiet.end_quiet(by=by, member=member, now=now)
    elif does == "reach":
        said = {"selling": bool(form.text("selling")), "answering": bool(form.text("answering"))}
        touch = Touch("hand", form.text("channel"), form.text("summary"), **said)
        claim(by=by, member=member, touch=touch, passing=form.text("passing"), now=now)
    else:
        raise DomainError("unknown_act", UNKNOWN_ACT)


def _told(request: Ask, member: Member) -> dict[str, Any]:
    scope, now = request.scope, timezone.now()
    asked = asks(scope).filter(member__own_identity__member=member)[:SHOWN]
    return {
        "occasions": [_coming(each) for each in coming(scope, member.pk, local_day(now), SHOWN)],
        "asks": [_asked(each) for each in asked],
        "leave": may_contact([member.pk], now)[member.pk],
        "quiet": quiet.quiet_now([member.pk], local_day(now)).get(member.pk),
        "quiet_reasons": [*quiet.REASONS.items()],
        "channels": CHANNELS.items(),
        "may_edit": editable(scope).filter(member=member).exists(),
        "may_pass": scope.may("settings.edit") and may_pass(scope, member),
    }


_PART = MemberPart("member_care", DONE, _act, _told)


def show_member_care(request: Ask, public_id: str) -> HttpResponse:
    """The page or its card."""
    return _PART.show(request, public_id)
