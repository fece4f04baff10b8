"""The funnel and the growth formula."""

from __future__ import annotations

from fractions import Fraction

from django.http import HttpRequest
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.named import named_communities
from qunyu.api.paging import Turn, page
from qunyu.api.routes.members import members_out
from qunyu.api.schemas.growth import (
    FactorOut,
    FunnelOut,
    FunnelPeopleQuery,
    FunnelsOut,
    GrowthOut,
    GrowthQuery,
    PeopleOut,
    SpanQuery,
    StepOut,
)
from qunyu.api.schemas.insights import Reason
from qunyu.flows.place import lake
from qunyu.insights import funnel as funnels_of
from qunyu.insights import growth as growth_of
from qunyu.insights.inputs import INPUTS
from qunyu.insights.question import Question
from qunyu.members.queries import among

router = Router(tags=["insights"])


def reason_out(why: str) -> Reason | None:
    """Why something is unknown; None when it is known."""
    return Reason(code=why, text=str(INPUTS[why])) if why else None


@router.get("/funnel", response=FunnelsOut, operation_id="funnel", summary="From exposure to repurchase")
def funnel(request: HttpRequest, asked: Query[SpanQuery]) -> FunnelsOut:
    """Of those who came in on these days, how many spoke, ordered, and ordered again; each step is a part of the one before."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    found = funnels_of.funnels(lake(), scope, asked.first, asked.last, named_communities(scope, asked.communities))
    if found is None:
        return FunnelsOut(first=asked.first, last=asked.last, as_of=None, whole=None, channels=[])
    return FunnelsOut(
        first=found.first,
        last=found.last,
        as_of=found.as_of,
        whole=_funnel(found.whole),
        channels=[_funnel(each) for each in found.channels],
    )


def _funnel(found: funnels_of.Funnel) -> FunnelOut:
    return FunnelOut(channel=found.channel, steps=[_step(each) for each in found.steps], unheard=found.unheard)


def _step(step: funnels_of.Step) -> StepOut:
    title, meaning = funnels_of.STEPS[step.key]
    return StepOut(
        key=step.key,
        title=str(title),
        meaning=str(meaning),
        count=step.count,
        of_before=step.of_before,
        of_first=step.of_first,
        reason=reason_out(step.why),
    )


@router.get(
    "/funnel/people", response=PeopleOut, operation_id="funnel_people", summary="The people in a step of the funnel"
)
def funnel_people(request: HttpRequest, asked: Query[FunnelPeopleQuery]) -> PeopleOut:
    """Exactly those whom a step counts, as far as you may see them. Needs members.view, and orders.view for the steps about orders."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    question = Question("all", "none", asked.first, asked.last, named_communities(scope, asked.communities))
    ids = funnels_of.funnel_people(lake(), scope, question, asked.step, asked.channel)
    rows, following = page(Turn(request, asked.limit, asked.cursor), among(scope, ids), ("name", "public_id"))
    return PeopleOut(total=len(ids), items=members_out(scope, rows), next=following)


@router.get("/growth", response=GrowthOut, operation_id="growth", summary="The growth formula, measured and what-if")
def growth(request: HttpRequest, asked: Query[GrowthQuery]) -> GrowthOut:
    """Revenue = visitors × trial rate × conversion × order value × orders per buyer, and what it would be with other factors."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    found = growth_of.growth(lake(), scope, asked.first, asked.last, named_communities(scope, asked.communities))
    given = {key: value for key in growth_of.FACTORS if (value := getattr(asked, key)) is not None}
    growth_of.check(given)
    if found is None:
        found = growth_of.Growth(asked.first, asked.last, asked.last, (), None, "chats", "", ())
    outcome = growth_of.what_if(found, {key: Fraction(value) for key, value in given.items()})
    return GrowthOut(
        first=found.first,
        last=found.last,
        as_of=found.as_of if found.factors else None,
        currency=found.currency,
        other_currencies=list(found.others),
        factors=[_factor(key, found, outcome) for key in growth_of.FACTORS],
        revenue=found.revenue,
        what_if=None if outcome.revenue is None else float(outcome.revenue),
        difference=None if outcome.difference is None else float(outcome.difference),
        reason=reason_out(found.why),
    )


def _factor(key: str, found: growth_of.Growth, outcome: growth_of.WhatIf) -> FactorOut:
    title, meaning = growth_of.FACTORS[key]
    factor = next((each for each in found.factors if each.key == key), None)
    value, changed = factor.value if factor else None, outcome.values[key]
    return FactorOut(
        key=key,
        title=str(title),
        meaning=str(meaning),
        count=factor.count if factor else None,
        base=factor.base if factor else None,
        value=None if value is None else float(value),
        what_if=None if changed is None else float(changed),
    )
