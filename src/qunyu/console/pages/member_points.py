"""One member's points: balance, level, benefits, entries and fees, and what can be done about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask
from qunyu.console.forms import Form
from qunyu.console.inputs import day, needed
from qunyu.console.member_parts import MemberPart
from qunyu.console.pages.benefits import terms
from qunyu.console.pages.points import who, why
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.words import Words
from qunyu.loyalty import benefits, levels, rewards, vip
from qunyu.loyalty.accounts import HIDDEN, MOVES, balances, entries_of, find_movement, shows_amount
from qunyu.loyalty.ledger import BY_HAND, Gift, move, reverse, reversed_already
from qunyu.loyalty.levels import Given
from qunyu.loyalty.programmes import find_programme
from qunyu.members.merging import editable
from qunyu.reports.show import money

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.loyalty.models import Programme, VipFee
    from qunyu.members.models import Member

SHOWN = 30
DONE = Words("已记账", "Done")
NOT_SEEN = Words("金额无查看权限", "amount not yours to see")
NO_GRANT = Words("没有这条授予记录", "there is no such grant")
UNKNOWN_ACT = Words("没有这种操作", "there is no such action")


def _told(request: Ask, member: Member) -> dict[str, Any]:
    scope, today = request.scope, local_day(timezone.now())
    may = scope.may("points.edit") and editable(scope, "points.edit").filter(member=member).exists()
    found = balances(scope, member, today)
    entries = entries_of(scope, member, SHOWN)
    by_hand = [each.movement for each in entries if may and each.movement.kind in BY_HAND]
    back = {each.pk for each in by_hand} - reversed_already(by_hand)
    return {
        "may_give": may,
        "books": [_book(request, member, each) for each in found],
        "entries": [
            (each, MOVES[each.movement.kind], why(each), who(each), each.movement_id in back, shows_amount(scope, each.movement))
            for each in entries
        ],
        "changes": [(each, levels.reason_of(scope, each)) for each in levels.changes_of(scope, member)[:SHOWN]],
        "uses": benefits.uses_of(scope, member, SHOWN),
        "fees": [_fee_told(scope, each) for each in vip.fees_of(scope, member)],
        "vips": [each for each in vip.vip_communities(scope) if each.fee is not None],
        "grants": levels.grants_of(scope, member, today),
        "hidden": HIDDEN,
        "today": today,
        "key": new_public_id(),
    }  # fmt: skip


def _fee_told(scope: Scope, fee: VipFee) -> tuple[VipFee, str, str]:
    """The fee, its amount, and the number of its order; these two only where orders may be seen."""
    if not scope.may("orders.view", fee.vip.community.unit_id):
        return fee, str(NOT_SEEN), ""
    return fee, money(fee.amount, fee.currency), fee.order_number


def _book(request: Ask, member: Member, balance: Any) -> dict[str, Any]:
    """What is shown of one programme."""
    scope, programme, today = request.scope, balance.programme, local_day(timezone.now())
    standing = levels.standings_of(member).filter(programme=programme).first()
    above = levels.next_level(programme, member.pk, today)
    offered = [(each, rewards.refusal(each, member, today)) for each in rewards.rewards(programme)]
    return {
        "programme": programme,
        "balance": balance,
        "standing": standing,
        "reasons": levels.reason_of(scope, standing) if standing else [],
        "above": above[0] if above else None,
        "missing": levels.shortfall(scope, programme, above[1]) if above else [],
        "rights": [(each, terms(each.benefit)) for each in benefits.rights_of(programme, member, today)],
        "rewards": [
            (each, str(refused.message) if refused else "", balance.points - each.price) for each, refused in offered
        ],
        "levels": levels.levels(programme),
    }


def _act(request: Ask, form: Form, member: Member) -> None:
    """Does what the form asks for.

    Raises Denied; DomainError.
    """
    wish = _ACTS.get(form.text("do"))
    if wish is None:
        raise DomainError("unknown_act", UNKNOWN_ACT)
    wish(request, form, member)


def _programme(request: Ask, form: Form) -> Programme:
    return find_programme(request.scope, form.text("programme"))


def _move(request: Ask, form: Form, member: Member) -> None:
    sign = -1 if form.text("do") == "take" else 1
    points = needed(form, "points")
    if points < 0:
        points = 0
    gift = Gift(sign * points, form.text("reason"), form.text("key"))
    move(by=request.scope, programme=_programme(request, form), member=member, gift=gift, now=timezone.now())


def _redeem(request: Ask, form: Form, member: Member) -> None:
    reward = rewards.find_reward(_programme(request, form), form.text("reward"))
    told = {"note": form.text("note"), "key": form.text("key")}
    rewards.redeem(by=request.scope, reward=reward, member=member, now=timezone.now(), **told)


def _use(request: Ask, form: Form, member: Member) -> None:
    benefit = benefits.find_benefit(_programme(request, form), form.text("benefit"))
    benefits.use_benefit(by=request.scope, benefit=benefit, member=member, note=form.text("note"), now=timezone.now())


def _level(request: Ask, form: Form, member: Member) -> None:
    level = levels.find_level(_programme(request, form), form.text("level"))
    given = Given(form.text("reason"), day(form, "until") or local_day(timezone.now()))
    levels.give_level(by=request.scope, level=level, member=member, given=given, now=timezone.now())


def _end(request: Ask, form: Form, member: Member) -> None:
    mine = levels.grants_of(request.scope, member, local_day(timezone.now()))
    grant = next((each for each in mine if each.public_id == form.text("grant")), None)
    if grant is None:
        raise DomainError("unknown_grant", NO_GRANT)
    levels.end_grant(by=request.scope, grant=grant, member=member, now=timezone.now())


def _fee(request: Ask, form: Form, member: Member) -> None:
    row = vip.find_vip(request.scope, form.text("community"))
    on = day(form, "on") or local_day(timezone.now())
    paid = vip.Paid(on, form.text("order_number"), form.text("note"))
    vip.note_fee(by=request.scope, vip=row, member=member, paid=paid, now=timezone.now())


def _fee_back(request: Ask, form: Form, member: Member) -> None:
    for each in vip.fees_of(request.scope, member):
        if each.public_id == form.text("fee"):
            vip.withdraw_fee(by=request.scope, fee=each, member=member, now=timezone.now())


def _reverse(request: Ask, form: Form, member: Member) -> None:
    movement = find_movement(request.scope, form.text("movement"))
    reverse(by=request.scope, movement=movement, reason=form.text("reason"), now=timezone.now())


_ACTS: dict[str, Callable[[Ask, Form, Member], None]] = {
    "give": _move,
    "take": _move,
    "redeem": _redeem,
    "use": _use,
    "level": _level,
    "end": _end,
    "fee": _fee,
    "fee_back": _fee_back,
    "reverse": _reverse,
}


_PART = MemberPart("member_points", DONE, _act, _told, lambda form, field: f"{form.text('do')}.{field}".rstrip("."))


def show_member_points(request: Ask, public_id: str) -> HttpResponse:
    """The page or its card."""
    return _PART.show(request, public_id)
