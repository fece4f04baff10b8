"""One member: who they are where, what is known of them, what they bought, and all that happened, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect

from qunyu.commerce.queries import orders, orders_of, spent_by
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.pages.consent_part import consents_part
from qunyu.console.tag_choices import choices
from qunyu.insights.label import Label, Value, labels
from qunyu.kernel.errors import DomainError
from qunyu.kernel.sealed import NOT_READABLE
from qunyu.kernel.words import Words
from qunyu.members.contacts import CHANNELS, DIRECTIONS
from qunyu.members.labels import Told
from qunyu.members.links import KINDS
from qunyu.members.merging import editable
from qunyu.members.profile import Revealed, profile
from qunyu.members.queries import find_member, head_of, memberships_of
from qunyu.members.tag_queries import tags_among
from qunyu.reports.life import SOURCES, Life
from qunyu.reports.names import MEMBER_ROLES, ORDER_STATES, named, platform
from qunyu.reports.show import money
from qunyu.satisfaction.complaints import STATES
from qunyu.satisfaction.opinions import KINDS as OPINION_KINDS
from qunyu.satisfaction.opinions import NOTED

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.satisfaction.models import Opinion

ORDERS = 20
Told3 = list[tuple[Label, Value, Told]]


def show_member(request: Ask, public_id: str) -> HttpResponse:
    """The page, or with `before` the next part of its timeline; who was merged into somebody leads there."""
    request.scope.require("members.view")
    try:
        member = find_member(request.scope, public_id)
    except DomainError:
        head = head_of(request.scope, public_id)
        if head is None:
            raise
        return redirect("console:member", head)
    memberships = memberships_of(request.scope, member)
    source = request.GET.get("source", "")
    life = Life(request.scope, member, memberships, request.GET.get("before", ""), source if source in SOURCES else "")
    if request.htmx:
        return answer(request, "member", _timeline(life), part="_timeline")
    return _page(request, life, Form({}), {})


def refused(request: Ask, member: Member, form: Form, /, **more: Any) -> HttpResponse:
    """The page again, with what was typed into a form of it and refused."""
    return _page(request, Life(request.scope, member, memberships_of(request.scope, member)), form, more)


def _timeline(life: Life) -> dict[str, Any]:
    events, following = life.events()
    sources = [("", Words("全部", "All")), *SOURCES.items()]
    return {"member": life.member, "events": events, "next": following, "source": life.source, "sources": sources}


def _page(request: Ask, life: Life, form: Form, more: dict[str, Any]) -> HttpResponse:
    found = {**_timeline(life), **_facts(life), **profile_part(life), **more}
    found |= tags_part(life)
    found |= {
        "form": form,
        "channels": CHANNELS.items(),
        "directions": DIRECTIONS.items(),
        "link_kinds": KINDS.items(),
        **consents_part(life),
        "links": [(each, KINDS.get(each.link.kind, each.link.kind)) for each in life.links],
        "opinions": [_opinion(each) for each in life.opinions],
        "opinion_kinds": [(code, OPINION_KINDS[code]) for code in NOTED],
        "identities": [(each, platform(each.platform)) for each in life.identities],
        # One decision of each act that holds.
        "decisions": list({each.act: each for each in life.decisions if each.ended_at is None}.values()),
    }
    return answer(request, "member", found, status=400 if form.errors else 200)


def profile_part(life: Life, revealed: Revealed | None = None) -> dict[str, Any]:
    """What the profile's card shows: masked, or `revealed`."""
    scope, member = life.scope, life.member
    found = profile(scope, member, life.fields) if revealed is None else revealed.answers
    whole = revealed.ids if revealed else {}
    sealed = [each for each in life.identities if each.sealed]
    # What may not be revealed stays masked.
    shown = {each.pk: (each.platform, None if each.unreadable else each.shown_key) for each in sealed}
    ids = [whole.get(key, told) for key, told in shown.items()]
    return {
        "member": member,
        "answers": [each for each in found if each.told or each.also],
        "ids": [(platform(each), id or NOT_READABLE) for each, id in ids],
        "hidden": revealed is None and (any(id for _, id in ids) or any(each.hidden for each in found)),
        "revealed": revealed is not None,
        "changes": life.changes,
        "may_edit": scope.may("members.edit") and editable(scope).filter(member=member).exists(),
        "may_reveal": scope.may("members.reveal"),
    }


def tags_part(life: Life) -> dict[str, Any]:
    """What the card of tags shows: those that count or are overruled, what may be put, and the history."""
    offered = choices(tags_among(life.tag_groups)) if life.scope.may("members.edit") else []
    single = [each.tag for each in life.tags if each.tag.group.exclusive and not each.overruled]
    return {"tags": life.tags, "turns": life.turns, "tag_choices": offered, "single_tags": single}


def _facts(life: Life) -> dict[str, Any]:
    scope, member, memberships = life.scope, life.member, life.memberships
    spent = spent_by(scope, member.pk)
    found = list(orders_of(scope, member.pk)[: ORDERS + 1])
    return {
        "labels": _told(life.labels),
        "past_labels": _told(life.past_labels),
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


def _told(found: list[Told]) -> Told3:
    every = labels()
    return [(every[each.key], every[each.key].value(each.value), each) for each in found]


def _opinion(row: Opinion) -> tuple[Opinion, Words, Words | None]:
    return row, OPINION_KINDS[row.kind], STATES[row.complaint.state] if row.kind == "complaint" else None
