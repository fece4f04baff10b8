"""One member: who they are where, what they bought, and what they did, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from qunyu.commerce.queries import orders, orders_before, orders_of, spent_by
from qunyu.console.asking import Ask, answer
from qunyu.console.names import CONTENTS, MEMBER_ROLES, ORDER_STATES, named, platform
from qunyu.events.lake.timeline import Moment, Seen, cursor, moment_of, timeline
from qunyu.flows.place import lake
from qunyu.insights.label import Label, Value, labels
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.labels import Told, history_of, labels_of
from qunyu.members.queries import find_member, memberships_of
from qunyu.reports.show import money

if TYPE_CHECKING:
    from qunyu.commerce.models import Order
    from qunyu.members.models import Member, Membership

MOMENTS = 40
ORDERS = 20

KINDS: dict[str, tuple[Words, str]] = {
    "message": (Words("说", "said"), "message"),
    "action": (Words("动作", "did"), "message"),
    "joined": (Words("入群", "joined"), "login"),
    "left": (Words("退群", "left"), "logout"),
    "listed": (Words("列入成员名单", "was on the member list"), "list"),
    "unlisted": (Words("名单显示已退群", "had left by the member list"), "logout"),
    "renamed": (Words("改名", "changed their name"), "pencil"),
    "recalled": (Words("撤回了一条消息", "took a message back"), "arrow-back-up"),
    "notice": (Words("群提示", "notice"), "info-circle"),
    "order": (Words("下单", "ordered"), "shopping-cart"),
}


@dataclass(frozen=True)
class Event:
    """What the timeline shows of one moment or order; `cursor` says where it stands."""

    at: datetime
    cursor: str
    title: Words
    icon: str
    community: str
    text: str


def show_member(request: Ask, public_id: str) -> HttpResponse:
    """The page, or with `before` the next part of its timeline."""
    request.scope.require("members.view")
    member = find_member(request.scope, public_id)
    memberships = memberships_of(request.scope, member)
    context: dict[str, Any] = {"member": member, **_timeline(request, member, memberships)}
    if not request.htmx:
        context |= _facts(request.scope, member, memberships)
    return answer(request, "member", context, part="_timeline")


def _facts(scope: Scope, member: Member, memberships: list[Membership]) -> dict[str, Any]:
    spent = spent_by(scope, member.pk)
    found = list(orders_of(scope, member.pk)[: ORDERS + 1])
    return {
        "labels": _told(labels_of(scope, member)),
        "past_labels": _told(history_of(scope, member)),
        "role": named(MEMBER_ROLES, member.role),
        "memberships": [(each, platform(each.identity.platform)) for each in memberships],
        "active_days": sum(each.active_days for each in memberships),
        "may_see_orders": scope.may("orders.view"),
        # Nothing bought is something only where anybody's orders are known.
        "orders_known": bool(found) or orders(scope).exists(),
        "spent": [money(minor, currency) for currency, (minor, _) in sorted(spent.items())],
        "bought": sum(count for _, count in spent.values()),
        "orders": [
            (each, money(each.amount, each.currency), named(ORDER_STATES, each.status)) for each in found[:ORDERS]
        ],
        "more_orders": len(found) > ORDERS,
    }


def _told(found: list[Told]) -> list[tuple[Label, Value, Told]]:
    every = labels()
    return [(every[each.key], every[each.key].value(each.value), each) for each in found]


def _timeline(request: Ask, member: Member, memberships: list[Membership]) -> dict[str, Any]:
    before, limit = request.GET.get("before", ""), MOMENTS + 1
    names = {each.community_id: each.community.name for each in memberships}
    seen = Seen([each.identity_id for each in memberships], names.keys())
    moments = (_did(each, names) for each in timeline(lake(), seen, before, limit))
    theirs = orders_before(orders_of(request.scope, member.pk), moment_of(before) if before else None)
    bought = (_bought(each) for each in theirs[:limit])
    events = sorted((*moments, *bought), key=lambda each: each.cursor, reverse=True)
    return {"events": events[:MOMENTS], "next": events[MOMENTS - 1].cursor if len(events) > MOMENTS else ""}


def _bought(order: Order) -> Event:
    title, icon = KINDS["order"]
    text = f"{money(order.amount, order.currency)} · {named(ORDER_STATES, order.status)}"
    return Event(order.ordered_at, cursor(order.ordered_at, order.fact_id), title, icon, "", text)


def _did(moment: Moment, names: dict[int, str]) -> Event:
    title, icon = KINDS.get(moment.kind, (Words(moment.kind, moment.kind), "point"))
    # Exports write a word of their own for what is no text; where they write none, ours.
    wordless = moment.kind == "message" and moment.subject in CONTENTS
    text = moment.text or (f"[{CONTENTS[moment.subject]}]" if wordless else "")
    return Event(moment.at, moment.cursor, title, icon, names[moment.community], text)
