"""Leaving, last words, and the reply network of a community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from django.http import HttpRequest
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.named import named_communities
from qunyu.api.routes.growth import reason_out
from qunyu.api.schemas.basics import Ref
from qunyu.api.schemas.growth import (
    AtHour,
    Counted,
    DaysQuery,
    LeavingOut,
    NetworkOut,
    NodeOut,
    OnDay,
    PartingWordsOut,
    SpanQuery,
    TieOut,
)
from qunyu.communities.queries import communities_where, find_community
from qunyu.flows.place import lake
from qunyu.insights.leaving import SILENCES, TENURES, Leaving, parting_words
from qunyu.insights.leaving import leaving as leaving_of
from qunyu.insights.network import Network
from qunyu.insights.network import network as network_of
from qunyu.insights.parting_words import EVERY
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.queries import among

router = Router(tags=["insights"])


@router.get("/leaving", response=LeavingOut, operation_id="leaving", summary="Who left when and after what")
def leaving(request: HttpRequest, asked: Query[SpanQuery]) -> LeavingOut:
    """The leavings of these days: by time there, by silence before, by day and hour, and the reasons told from last words."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    found = leaving_of(lake(), scope, asked.first, asked.last, named_communities(scope, asked.communities))
    if found is None:
        return _leaving(Leaving(asked.first, asked.last, asked.last, "chats"), known=False)
    return _leaving(found)


def _leaving(found: Leaving, known: bool = True) -> LeavingOut:
    return LeavingOut(
        first=found.first,
        last=found.last,
        as_of=found.as_of if known else None,
        reason=reason_out(found.why),
        total=found.total,
        removed=found.removed,
        tenures=_counted(found.tenures, TENURES),
        silences=_counted(found.silences, SILENCES),
        days=[OnDay(day=day, count=count) for day, count in found.days],
        hours=[AtHour(weekday=weekday, hour=hour, count=count) for weekday, hour, count in found.hours],
        advertising_before=found.advertising,
        advertising_usual=found.usual,
        compared=found.compared,
        newcomers=found.newcomers,
        newcomers_silent=found.newcomers_silent,
        newcomers_unheard=found.newcomers_unheard,
        reasons=_counted(found.reasons, {key: each.title for key, each in EVERY.items()}),
    )


def _counted(counts: Mapping[str, int], titles: Mapping[str, Words]) -> list[Counted]:
    return [Counted(key=key, title=str(titles[key]), count=count) for key, count in counts.items()]


@router.get(
    "/leaving/words", response=list[PartingWordsOut], operation_id="leaving_words", summary="What leavers last said"
)
def leaving_words(request: HttpRequest, asked: Query[SpanQuery]) -> list[PartingWordsOut]:
    """The last words of the 50 who left last and said something within the day before. Needs members.view."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    only = named_communities(scope, asked.communities)
    found = parting_words(lake(), scope, asked.first, asked.last, only)
    people = _people(scope, {each.member for each in found})
    places = communities_where(scope, "members.view").in_bulk({each.community for each in found})
    return [
        PartingWordsOut(
            member=people[each.member],
            community=Ref(id=places[each.community].public_id, name=places[each.community].name),
            at=each.at,
            text=each.text,
            reason=each.reason,
        )
        for each in found
        if each.member in people and each.community in places
    ]


def _people(scope: Scope, ids: set[int]) -> dict[int, Ref]:
    return {each.pk: Ref(id=each.public_id, name=each.name) for each in among(scope, ids)}


@router.get(
    "/communities/{id}/network",
    response=NetworkOut,
    operation_id="community_network",
    summary="Who holds a community together",
)
def community_network(request: HttpRequest, id: str, asked: Query[DaysQuery]) -> NetworkOut:
    """Who takes turns with whom: two people who speak within ten minutes of one another with nobody in between have a tie."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    row = find_community(scope, id)
    found = network_of(lake(), scope, asked.first, asked.last, row.pk)
    known = found is not None
    found = found or Network(asked.first, asked.last, asked.last, 0, 0, 0, 0, 0, None, None, None, 0, (), ())
    figures = {
        key: value for key, value in asdict(found).items() if key in NetworkOut.model_fields and key != "strongest"
    }
    shown = scope.may("members.view", row.unit_id)
    people = _people(scope, {node.member for node in found.nodes}) if shown else {}
    figures["as_of"] = found.as_of if known else None
    return NetworkOut(
        **figures,
        strongest=[
            NodeOut(
                member=people[node.member], role=node.role, ties=node.ties, strength=node.strength, share=node.share
            )
            for node in found.nodes
            if node.member in people
        ]
        if shown
        else None,
        among_them=[
            TieOut(one=people[tie.one].id, other=people[tie.other].id, strength=tie.strength)
            for tie in found.strongest
            if tie.one in people and tie.other in people
        ]
        if shown
        else None,
    )
