"""The health of communities, and alerts: read, acknowledged, muted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.named import named_communities
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.health import (
    AlertChanges,
    AlertOut,
    AlertQuery,
    CommunityHealthOut,
    DayQuery,
    HealthQuery,
    HealthsOut,
    MuteIn,
    MuteOut,
    alert_out,
    community_health_out,
    health_out,
    refs_of,
)
from qunyu.communities.queries import communities, communities_where, find_community
from qunyu.flows.place import lake
from qunyu.insights import actions
from qunyu.insights.alerts import MATRIX, WATCHED
from qunyu.insights.health import Health, health
from qunyu.insights.queries import alerts, find_alert, mutes, open_alerts, units_of_communities
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.queries import named_people

if TYPE_CHECKING:
    from qunyu.api.schemas.basics import Ref
    from qunyu.insights.models import Alert

router = Router(tags=["insights"])


@router.get("/health", response=HealthsOut, operation_id="health", summary="How communities fare")
def healths(request: HttpRequest, asked: Query[HealthQuery]) -> HealthsOut:
    """State, reason, causes and proposal of the communities the caller may see."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    only = named_communities(scope, asked.communities)
    found = health(lake(), scope, as_of=asked.as_of, only=only)
    rows = [each for each in found.found.values() if not asked.state or each.state == asked.state]
    refs, members = _refs(scope), _people(scope, rows)
    return HealthsOut(as_of=found.as_of, items=[health_out(each, refs, members) for each in rows])


@router.get(
    "/communities/{id}/health",
    response=CommunityHealthOut,
    operation_id="community_health",
    summary="How one community fares, and its life by the week",
)
def community_health(request: HttpRequest, id: str, asked: Query[DayQuery]) -> CommunityHealthOut:
    """One community's state, reason, causes, proposal and life curve."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    community = find_community(scope, id)
    found = health(lake(), scope, as_of=asked.as_of)
    mine = found.found.get(community.pk)
    if mine is None:
        message = Words("没有任何聊天记录；请先导入", "no chat is known at all; import one first")
        raise DomainError("no_records", message)
    return community_health_out(mine, _refs(scope), _people(scope, [mine]), found.as_of)


def _refs(scope: Scope) -> dict[int, Ref]:
    return refs_of(list(communities(scope)))


def _people(scope: Scope, rows: Iterable[Health]) -> dict[int, str]:
    """The public ids of the people whom causes name, where people may be seen."""
    seen = set(communities_where(scope, "members.view").values_list("id", flat=True))
    wanted = {
        each.finding.member for row in rows if row.community in seen for each in row.causes if each.finding.member
    }
    return {key: public_id for key, (public_id, _) in named_people(scope, wanted).items()}


@router.get("/alerts", response=Page[AlertOut], operation_id="alerts", summary="Numbers outside of their normal range")
def list_alerts(request: HttpRequest, asked: Query[AlertQuery]) -> Page[AlertOut]:
    """The alerts of the communities the caller may see, those found last first; those about orders need orders.view."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    found = open_alerts(scope, timezone.localdate()) if asked.open else alerts(scope)
    if asked.community:
        found = found.filter(community_id=find_community(scope, asked.community).pk)
    if asked.metric:
        found = found.filter(metric=asked.metric)
    if asked.first:
        found = found.filter(last__gte=asked.first)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-id",))
    return Page[AlertOut](items=_shown(scope, rows), next=following)


@router.get("/alerts/{id}", response=AlertOut, operation_id="alert", summary="One alert")
def alert(request: HttpRequest, id: str) -> AlertOut:
    """One alert with what made the difference."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    return _shown(scope, [find_alert(scope, id)])[0]


@router.patch("/alerts/{id}", response=AlertOut, operation_id="see_alert", summary="Acknowledge an alert")
def see_alert(request: HttpRequest, id: str, changes: AlertChanges) -> AlertOut:
    """Marks an alert as seen, or as open again. Needs communities.edit where the community is."""
    scope = scope_of_request(request)
    found, write = find_alert(scope, id), actions.acknowledge if changes.seen else actions.reopen
    write(by=scope, alert=found, now=timezone.now())
    return _shown(scope, [find_alert(scope, id)])[0]


@router.post("/mutes", response=MuteOut, operation_id="mute", summary="Mute a number of a community")
def mute(request: HttpRequest, asked: MuteIn) -> MuteOut:
    """Keeps alerts of a number quiet through a day, or ends that. Needs communities.edit where the community is."""
    scope = scope_of_request(request)
    row = find_community(scope, asked.community) if asked.community else None
    key = row.pk if row else MATRIX
    now, today = timezone.now(), timezone.localdate()
    if asked.metric not in WATCHED:
        message = Words("“{key}”不在预警指标中", "“{key}” is no number that is watched")
        raise DomainError("not_watched", message.fill(key=asked.metric), field="metric")
    if asked.until is None:
        actions.unmute(by=scope, community=key, metric=asked.metric, now=now)
    else:
        actions.mute(by=scope, community=key, metric=asked.metric, until=asked.until, now=now, today=today)
    held = mutes(scope, today).get((key, asked.metric))
    return MuteOut(
        community=_refs(scope).get(key),
        metric=asked.metric,
        title=str(WATCHED[asked.metric].title),
        until=held.until if held else None,
        muted_by=held.muted_by if held else "",
    )


def _shown(scope: Scope, rows: list[Alert]) -> list[AlertOut]:
    units = units_of_communities(scope)
    wanted = {
        driver["key"]
        for each in rows
        if scope.may("members.view", units.get(each.community_id, 0))
        for driver in each.drivers
        if driver["kind"] in ("member", "staff", "inviter")
    }
    members = {key: public_id for key, (public_id, _) in named_people(scope, wanted).items()}
    refs, muted = _refs(scope), mutes(scope, timezone.localdate())
    return [alert_out(each, refs, members, muted) for each in rows]
