"""Load and effort of operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.routes.growth import reason_out
from qunyu.api.schemas.basics import ref_of
from qunyu.api.schemas.operators import (
    BusyOut,
    DoingOut,
    EffortQuery,
    EffortRow,
    EffortsOut,
    LimitsIn,
    LimitsOut,
    LoadOut,
    LoadsOut,
    RepeatedOut,
    ResultOut,
    SaidOut,
    UnownedOut,
    account_ref,
    community_ref,
)
from qunyu.communities.duty_queries import effort_scope, find_operator
from qunyu.flows.effort import Row, days_asked, efforts
from qunyu.flows.load import Load, Loads, loads
from qunyu.flows.load_limits import LOAD_LIMITS
from qunyu.flows.place import lake
from qunyu.insights.busywork import Busywork, repeated_texts
from qunyu.members.staff_links import links
from qunyu.people.queries import unit_in

if TYPE_CHECKING:
    from qunyu.people.models import Staff, Unit

router = Router(tags=["operators"])


@router.get("/load", response=LoadsOut, operation_id="load", summary="What each operator carries")
def load(request: HttpRequest) -> LoadsOut:
    """The load of every operator beside the limits that hold, and the communities nobody owns. Needs effort.view."""
    return _loads(loads(scope_of_request(request), timezone.now()))


def _loads(found: Loads) -> LoadsOut:
    unowned = [
        UnownedOut(
            community=ref_of(place),
            unit=ref_of(place.unit),
            members=asked.members if asked else None,
            newcomers=asked.newcomers if asked else None,
        )
        for place, asked in found.unowned
    ]
    return LoadsOut(as_of=found.as_of, operators=[_load(each) for each in found.rows], unowned=unowned)


def _load(each: Load) -> LoadOut:
    told = {
        name: getattr(each, name) for name in ("communities", "members", "newcomers", "messages", "questions", "silent")
    }
    return LoadOut(
        account=account_ref(each.staff), duties=dict(each.kinds), limits=dict(each.limits), over=list(each.over), **told
    )


@router.get(
    "/units/{id}/load-limits",
    response=LimitsOut,
    operation_id="load_limits",
    summary="How much an operator should carry",
)
def limits(request: HttpRequest, id: str) -> LimitsOut:
    """The limits of a unit. Needs settings.edit there."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    return _limits(unit_in(scope, "settings.edit", id))


def _limits(unit: Unit) -> LimitsOut:
    force = {key: value for key, value in LOAD_LIMITS.of(unit.pk).items() if value is not None}
    return LimitsOut(unit=ref_of(unit), own=LOAD_LIMITS.own(unit.pk), in_force=force)


@router.put(
    "/units/{id}/load-limits", response=LimitsOut, operation_id="change_load_limits", summary="Change how much that is"
)
def put_limits(request: HttpRequest, id: str, wanted: LimitsIn) -> LimitsOut:
    """Sets limits of a unit, null to inherit again. Needs settings.edit there."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    unit = unit_in(scope, "settings.edit", id)
    LOAD_LIMITS.change(by=scope, unit=unit, changes=wanted.changes, now=timezone.now())
    return _limits(unit)


@router.post(
    "/units/{id}/load-limits/preview",
    response=LoadsOut,
    operation_id="preview_load_limits",
    summary="Who other limits would put over them",
)
def preview_limits(request: HttpRequest, id: str, wanted: LimitsIn) -> LoadsOut:
    """The load as it would be; nothing is changed. Needs settings.edit there and effort.view."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    as_if = LOAD_LIMITS.as_if(by=scope, unit=unit_in(scope, "settings.edit", id), changes=wanted.changes)
    return _loads(loads(scope, timezone.now(), as_if))


@router.get("/effort", response=EffortsOut, operation_id="effort", summary="What operators did")
def effort(request: HttpRequest, asked: Query[EffortQuery]) -> EffortsOut:
    """By operator and community: measured, noted down, and what came of the community. Needs effort.view; of oneself nothing."""
    scope = scope_of_request(request)
    staff = find_operator(scope, asked.account) if asked.account else None
    found = efforts(scope, *days_asked(asked.first, asked.last, timezone.now()), staff)
    people = {row.staff.pk: row.staff for row in found.rows} | ({staff.pk: staff} if staff else {})
    totals = _totals(found.busy, people) if found.busy else []
    return EffortsOut(
        first=found.first, last=found.last, as_of=found.as_of, rows=[_row(each) for each in found.rows], totals=totals
    )


def _totals(busy: Busywork, people: Mapping[int, Staff]) -> list[BusyOut]:
    return [
        BusyOut(
            account=account_ref(people[who]),
            days=[
                SaidOut(day=day, messages=told[0], repeats=told[1], unheard=told[2])
                for day, told in busy.days[who].items()
            ],
            **asdict(each),
        )
        for who, each in busy.of.items()
        if who in people
    ]


def _row(row: Row) -> EffortRow:
    measured = row.doing is not None
    return EffortRow(
        account=account_ref(row.staff),
        community=community_ref(row.community),
        duties=list(row.kinds),
        doing=DoingOut(**asdict(row.doing)) if row.doing else None,
        repeats=row.repeats if measured else None,
        unheard=row.unheard if measured else None,
        noted_minutes=row.noted.minutes,
        noted_entries=row.noted.entries,
        shared=row.shared,
        results=[
            ResultOut(metric=name, value=each.value, n=each.n, currency=each.part, reason=reason_out(each.why))
            for name, told in row.results.items()
            for each in told
        ],
    )


@router.get(
    "/operators/{id}/texts",
    response=list[RepeatedOut],
    operation_id="operator_texts",
    summary="Which texts an operator repeats",
)
def texts(request: HttpRequest, id: str, asked: Query[EffortQuery]) -> list[RepeatedOut]:
    """The ten texts repeated most often, from communities whose members the caller may see. Needs members.view."""
    scope = scope_of_request(request)
    staff = find_operator(scope, id)
    first, last = days_asked(asked.first, asked.last, timezone.now())
    found = repeated_texts(lake(), effort_scope(scope, staff), first, last, links([staff.pk]))
    return [RepeatedOut(**{name: getattr(each, name) for name in RepeatedOut.model_fields}) for each in found]
