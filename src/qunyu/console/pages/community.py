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
from qunyu.console.figures import card, focus_of, is_whole, latest
from qunyu.console.forms import Form
from qunyu.console.heat import hour_chart
from qunyu.console.names import TYPES, named, platform
from qunyu.console.narrowing import BAD_DAY, GRAIN_NAMES, SPANS, Narrowing
from qunyu.console.pages.health import health_of
from qunyu.console.pages.members import answer_members, role_filter
from qunyu.events.lake.timeline import hours
from qunyu.flows.place import lake
from qunyu.insights.board import Board, board
from qunyu.insights.question import Question
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import last_active
from qunyu.reports.charts import PLANS, Chart, board_charts

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.communities.rules import Changes

CARDS = (
    "members", "new_members", "active_members", "messages", "interaction_rate", "stickiness", "retention_rate", "revenue",
)  # fmt: skip
# Which of the board's charts say something day by day.
DAILY = frozenset(("talk", "members"))
DAYS = ("opened_on", "closed_on")
SAVED = Words("已保存", "Saved")


def show_community(request: Ask, public_id: str) -> HttpResponseBase:
    """The overview: cards and charts of this community alone."""
    community = _found(request, public_id)
    asked = Narrowing.of(request.GET, request.scope)
    question = Question(asked.grain, "community", None, None, frozenset({community.pk}))
    found = board(lake(), request.scope, question)
    context = {"grain": asked.grain, "grains": GRAIN_NAMES.items(), **_around(request, community, "overview")}
    if found.periods:
        context |= _overview(asked.shown(found), community.pk)
    return answer(request, "community", context, part="_community_overview")


def _overview(found: Board, key: int) -> dict[str, Any]:
    focus = focus_of(found)
    return {
        "cards": [card(found, name, focus, key) for name in CARDS],
        "charts": board_charts(found, key),
        "focus": focus,
        "is_whole": is_whole(focus, found.as_of),
        "as_of": found.as_of,
    }


def show_people(request: Ask, public_id: str) -> HttpResponseBase:
    """The community's members."""
    community = _found(request, public_id)
    request.scope.require("members.view", community.unit_id)
    around = _around(request, community, "people")
    return answer_members(request, "community_people", [role_filter(request.GET)], around, community.pk)


def show_activity(request: Ask, public_id: str) -> HttpResponseBase:
    """When the community talks: the last days, and the hours of the week."""
    community = _found(request, public_id)
    used = frozenset(name for plan in PLANS for name in (*plan.bars, *plan.lines))
    question = Question("day", "community", None, None, frozenset({community.pk}), used)
    found = board(lake(), request.scope, question)
    charts: list[Chart] = []
    if found.periods:
        daily = board_charts(latest(found, 3 * SPANS["day"]), community.pk)
        charts = [*(each for each in daily if each.key in DAILY), hour_chart(hours(lake(), community.pk))]
    return answer(request, "community_activity", {"charts": charts, **_around(request, community, "activity")})


def show_health(request: Ask, public_id: str) -> HttpResponseBase:
    """How the community fares: its life curve, the causes, the proposal, what is not known."""
    community = _found(request, public_id)
    context = {**health_of(request, community), **_around(request, community, "health")}
    return answer(request, "community_health", context)


def edit_community(request: Ask, public_id: str) -> HttpResponseBase:
    """The settings form."""
    community = _found(request, public_id)
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
    context = {"form": form, "types": TYPES.items(), **_around(request, community, "settings")}
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


def _found(request: Ask, public_id: str) -> Community:
    request.scope.require("communities.view")
    return find_community(request.scope, public_id)


def _around(request: Ask, community: Community, tab: str) -> dict[str, Any]:
    """The header and the tabs that may be opened."""
    tabs = [
        ("overview", "console:community", Words("概览", "Overview"), True),
        ("people", "console:community_people", Words("成员", "People"), request.scope.may("members.view", community.unit_id)),
        ("activity", "console:community_activity", Words("活跃时段", "Activity"), True),
        ("health", "console:community_health", Words("健康", "Health"), True),
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
