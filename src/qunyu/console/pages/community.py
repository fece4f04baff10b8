"""One community: overview, people, activity, health, settings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.communities.actions import edit
from qunyu.communities.queries import find_community
from qunyu.console.asking import Ask, answer
from qunyu.console.downloads import asked_kind, community_file
from qunyu.console.drilling import people_of
from qunyu.console.figures import Link, card
from qunyu.console.forms import Form
from qunyu.console.heat import hour_chart
from qunyu.console.narrowing import GRAIN_NAMES, Narrowing
from qunyu.console.pages.advice import advice_of
from qunyu.console.pages.health import health_of
from qunyu.console.pages.members import answer_members, label_filters, presence_filter, role_filter
from qunyu.events.lake.timeline import hours
from qunyu.flows.place import lake
from qunyu.insights.board import Board, board
from qunyu.insights.question import Question
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import BAD_DAY
from qunyu.kernel.words import Words
from qunyu.members.queries import last_active
from qunyu.reports.cards import SPANS, focus_of, is_whole, latest
from qunyu.reports.charts import PLANS, Chart, board_charts
from qunyu.reports.names import TYPES, named, platform

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.communities.rules import Changes

CARDS = (
    "members", "new_members", "active_members", "messages", "interaction_rate", "stickiness", "retention_rate", "revenue",
)  # fmt: skip
# Which of the board's charts say something day by day.
DAILY = frozenset(("talk", "members"))
DAYS = ("opened_on", "closed_on")
# Advice is about people by what they bought.
ADVISING = ("members.view", "orders.view")
SAVED = Words("已保存", "Saved")


def show_community(request: Ask, public_id: str) -> HttpResponseBase:
    """The overview: cards and charts of this community alone; as a page or as a file."""
    community = found_community(request, public_id)
    asked = Narrowing.of(request.GET, request.scope)
    question = Question(asked.grain, "community", None, None, frozenset({community.pk}))
    found = asked.shown(board(lake(), request.scope, question))
    if kind := asked_kind(request):
        return community_file(request, community, found, CARDS, kind)
    context = {"grain": asked.grain, "grains": GRAIN_NAMES.items(), **header_of(request, community, "overview")}
    if found.periods:
        asked.only = {"community": public_id}
        context |= _overview(found, community.pk, people_of(request.scope, asked))
    return answer(request, "community", context, part="_community_overview")


def _overview(found: Board, key: int, people: Link) -> dict[str, Any]:
    focus = focus_of(found)
    return {
        "cards": [card(found, name, focus, key, people) for name in CARDS],
        "charts": board_charts(found, key),
        "focus": focus,
        "is_whole": is_whole(focus, found.as_of),
        "as_of": found.as_of,
    }


def show_people(request: Ask, public_id: str) -> HttpResponseBase:
    """The community's members."""
    community = found_community(request, public_id)
    request.scope.require("members.view", community.unit_id)
    around = header_of(request, community, "people")
    filters = [role_filter(request.GET), presence_filter(request.GET), *label_filters(request.GET, request.scope)]
    return answer_members(request, "community_people", filters, around, community.pk)


def show_advice(request: Ask, public_id: str) -> HttpResponseBase:
    """What the mix of the community's people asks for."""
    community = found_community(request, public_id)
    for permission in ADVISING:
        request.scope.require(permission, community.unit_id)
    context = {**advice_of(request.scope, community), **header_of(request, community, "advice")}
    return answer(request, "community_advice", context)


def show_activity(request: Ask, public_id: str) -> HttpResponseBase:
    """When the community talks: the last days, and the hours of the week."""
    community = found_community(request, public_id)
    used = frozenset(name for plan in PLANS for name in (*plan.bars, *plan.lines))
    question = Question("day", "community", None, None, frozenset({community.pk}), used)
    found = board(lake(), request.scope, question)
    charts: list[Chart] = []
    if found.periods:
        daily = board_charts(latest(found, 3 * SPANS["day"]), community.pk)
        charts = [*(each for each in daily if each.key in DAILY), hour_chart(hours(lake(), community.pk))]
    return answer(request, "community_activity", {"charts": charts, **header_of(request, community, "activity")})


def show_health(request: Ask, public_id: str) -> HttpResponseBase:
    """How the community fares: its life curve, the causes, the proposal, what is not known."""
    community = found_community(request, public_id)
    context = {**health_of(request, community), **header_of(request, community, "health")}
    return answer(request, "community_health", context)


def edit_community(request: Ask, public_id: str) -> HttpResponseBase:
    """The settings form."""
    community = found_community(request, public_id)
    request.scope.require("communities.edit", community.unit_id)
    form = Form.of(request, **_present(community))
    if request.method == "POST" and form.required("name"):
        try:
            edit(by=request.scope, community=community, changes=_changes(form), now=timezone.now())
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
        else:
            messages.success(request, str(SAVED))
            return redirect("console:community_settings", public_id)
    status = 400 if form.errors else 200
    context = {"form": form, "types": TYPES.items(), **header_of(request, community, "settings")}
    return answer(request, "community_settings", context, status=status)


def _present(community: Community) -> dict[str, str]:
    days = {name: getattr(community, name) for name in DAYS}
    written = {name: day.isoformat() if day else "" for name, day in days.items()}
    return {"name": community.name, "type": community.type, "theme": community.theme, **written}


def _changes(form: Form) -> Changes:
    """What the form asks for.

    Raises DomainError bad_day with the `field`.
    """
    opened_on, closed_on = (_day(form, name) for name in DAYS)
    return {
        "name": form.text("name"),
        "type": form.text("type"),
        "theme": form.text("theme"),
        "opened_on": opened_on,
        "closed_on": closed_on,
    }


def _day(form: Form, name: str) -> date | None:
    text = form.text(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DomainError("bad_day", BAD_DAY.fill(value=text), field=name) from None


def found_community(request: Ask, public_id: str) -> Community:
    """The community with that public id.

    Raises DomainError unknown_community, Denied.
    """
    request.scope.require("communities.view")
    return find_community(request.scope, public_id)


def header_of(request: Ask, community: Community, tab: str) -> dict[str, Any]:
    """The header and the tabs that may be opened."""
    tabs = [
        ("overview", "console:community", Words("概览", "Overview"), True),
        ("people", "console:community_people", Words("成员", "People"), request.scope.may("members.view", community.unit_id)),
        ("advice", "console:community_advice", Words("建议", "Advice"),
         all(request.scope.may(permission, community.unit_id) for permission in ADVISING)),
        ("activity", "console:community_activity", Words("活跃时段", "Activity"), True),
        ("leaving", "console:community_leaving", Words("退群", "Leaving"), True),
        ("network", "console:community_network", Words("关系", "Network"), True),
        ("health", "console:community_health", Words("健康", "Health"), True),
        ("team", "console:community_team", Words("运营", "Team"), True),
        ("settings", "console:community_settings", Words("设置", "Settings"),
         request.scope.may("communities.edit", community.unit_id)),
    ]  # fmt: skip
    return {
        "community": community,
        "platform": platform(community.platform),
        "type": named(TYPES, community.type),
        "last_at": last_active({community.pk}).get(community.pk),
        "tabs": [(key, address, title) for key, address, title, may in tabs if may],
        "tab": tab,
    }
