"""Who can be converted now, and who costs more than they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.prospects import (
    AttemptIn,
    AttemptOut,
    HoldIn,
    JobOut,
    JudgedOut,
    ListOut,
    PersonOut,
    ProspectOut,
    ProspectQuery,
    ProspectSettingsIO,
    ProspectSettingsOut,
    UnitIn,
    WorthOut,
    WorthQuery,
    WorthRunOut,
    against_out,
    attempt_out,
    list_out,
    prospect_out,
    rate_out,
    reason_out,
    worth_out,
    worth_run_out,
)
from qunyu.communities.duties import local_day
from qunyu.insights.odds import Rate
from qunyu.insights.signal import signals
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import find_person
from qunyu.people.queries import unit_in
from qunyu.prospects import queries
from qunyu.prospects.actions import Told, ask_anew, leave_alone, note_attempt, put_back
from qunyu.prospects.openings import NAME, openings, set_opening
from qunyu.prospects.reaching import why_not
from qunyu.prospects.settings import SETTINGS
from qunyu.prospects.weighing import find_worth, weighed
from qunyu.segments.queries import find_segment, members_in

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.people.models import Unit
    from qunyu.prospects.models import Prospect, ProspectRun

router = Router(tags=["prospects"])


def _listed(scope: Scope, unit_id: str) -> tuple[Unit, ProspectRun]:
    unit, run = queries.find_list(scope, unit_id)
    if run is None:
        raise DomainError("no_list_yet", Words("这个单位还没有名单", "there is no list of this unit yet"))
    return unit, run


def _worded(unit: Unit, rows: list[Prospect]) -> list[ProspectOut]:
    words = openings(unit)
    found = []
    for row in rows:
        text, usual, _ = words.get(row.reason, ("", None, False))
        found.append(prospect_out(row, (text or str(usual or "")).replace(NAME, row.member.name)))
    return found


@router.get("/prospects", response=Page[ProspectOut], operation_id="prospects", summary="Who can be converted now")
def get_prospects(request: HttpRequest, asked: Query[ProspectQuery]) -> Page[ProspectOut]:
    """The people of a unit's list, the likeliest first. Needs members.view and orders.view at the unit."""
    scope, now = scope_of_request(request), timezone.now()
    unit, run = queries.find_list(scope, asked.unit)
    if run is None:
        return Page[ProspectOut](items=[], next=None)
    members = members_in(scope, find_segment(scope, asked.segment), now).tolist() if asked.segment else None
    wanted = queries.Wanted(asked.q, asked.reason, asked.band, asked.community, members, asked.state)
    turn = Turn(request, asked.limit, asked.cursor)
    rows, following = page(turn, queries.prospects(scope, run, wanted, now), ("rank",))
    return Page[ProspectOut](items=_worded(unit, rows), next=following)


@router.get("/prospects/measures", response=ListOut, operation_id="prospect_measures", summary="How a list was made")
def get_measures(request: HttpRequest, unit: str = "") -> ListOut:
    """What each signal is worth, how well the list would have done, and what came of speaking with people."""
    scope = scope_of_request(request)
    _, run = _listed(scope, unit)
    figures, (outcome, early) = run.figures, queries.came_of(scope, run)
    rates: dict[str, Any] = {
        "past": rate_out(Rate(*figures["past"])),
        "judged": _judged(figures["judged"]) if figures["judged"] else None,
        "contacted": [rate_out(Rate(*pair)) for pair in figures["contacted"]] if figures["contacted"] else None,
        "outcome": rate_out(outcome),
        "too_early": early,
    }
    return list_out(run, [queries.reason(run, key) for key in signals()], rates)


def _judged(told: dict[str, Any]) -> JudgedOut:
    parts = {key: rate_out(Rate(*told[key])) for key in ("first", "tenth", "others", "latest")}
    return JudgedOut(day=told["day"], **parts)


@router.post("/prospects/renew", response={202: JobOut}, operation_id="renew_prospects", summary="Compute lists anew")
def post_renew(request: HttpRequest, wanted: UnitIn) -> Status[JobOut]:
    """Both lists of a unit. Needs members.view, orders.view and members.edit there."""
    scope = scope_of_request(request)
    unit = unit_in(scope, "members.edit", wanted.unit)
    return Status(202, JobOut(job=ask_anew(by=scope, unit=unit, now=timezone.now())))


@router.get("/prospects/attempts", response=Page[AttemptOut], operation_id="attempts", summary="Who was spoken with")
def get_attempts(request: HttpRequest, unit: str = "", limit: int = 50, cursor: str = "") -> Page[AttemptOut]:
    """The latest first."""
    scope = scope_of_request(request)
    found, _ = queries.find_list(scope, unit)
    rows, following = page(
        Turn(request, min(max(limit, 1), 200), cursor), queries.attempts(scope, found), ("-at", "public_id")
    )
    return Page[AttemptOut](items=[attempt_out(each) for each in rows], next=following)


@router.get("/prospects/people/{id}", response=PersonOut, operation_id="prospect", summary="Why somebody is on a list")
def get_prospect(request: HttpRequest, id: str, unit: str = "") -> PersonOut:
    """Their row and reasons."""
    scope, now = scope_of_request(request), timezone.now()
    found, run = queries.find_list(scope, unit)
    member = find_person(scope, id)
    row = queries.find_prospect(scope, run, member, now) if run else None
    return PersonOut(
        row=_worded(found, [row])[0] if row else None,
        state=queries.state_of(run, row, now) if run and row else None,  # type: ignore[arg-type]
        reasons=[reason_out(each) for each in queries.reasons_of(run, row)] if run and row else [],
        against=[against_out(each) for each in why_not(found, member.pk, now)],
        held_until=[each.until for each in queries.holds_of(scope, found, member, local_day(now))],
    )


@router.post(
    "/prospects/people/{id}/attempts",
    response={201: AttemptOut},
    operation_id="add_attempt",
    summary="Note that somebody was spoken with",
)
def post_attempt(request: HttpRequest, id: str, wanted: AttemptIn) -> Status[AttemptOut]:
    """Keeps it as a contact that sells, under the cap; 422 may_not_contact where there is no place. Needs members.edit where the person belongs and at the unit."""
    scope = scope_of_request(request)
    unit, _ = queries.find_list(scope, wanted.unit)
    told = Told(wanted.channel, wanted.summary, wanted.outcome, wanted.passing)
    made = note_attempt(by=scope, unit=unit, member=find_person(scope, id), told=told, now=timezone.now())
    return Status(201, attempt_out(queries.attempts(scope, unit).get(pk=made.pk)))


@router.put(
    "/prospects/people/{id}/hold", response=PersonOut, operation_id="hold_prospect", summary="Leave somebody alone"
)
def put_hold(request: HttpRequest, id: str, wanted: HoldIn) -> PersonOut:
    """Takes them off the unit's list until a day, or for good."""
    scope, now = scope_of_request(request), timezone.now()
    unit, _ = queries.find_list(scope, wanted.unit)
    leave_alone(by=scope, unit=unit, member=find_person(scope, id), until=wanted.until, why=wanted.why, now=now)
    return get_prospect(request, id, wanted.unit)


@router.delete(
    "/prospects/people/{id}/hold", response=PersonOut, operation_id="release_prospect", summary="Put somebody back"
)
def delete_hold(request: HttpRequest, id: str, unit: str = "") -> PersonOut:
    """Puts them back on the unit's list."""
    scope = scope_of_request(request)
    found, _ = queries.find_list(scope, unit)
    put_back(by=scope, unit=found, member=find_person(scope, id), now=timezone.now())
    return get_prospect(request, id, unit)


@router.get(
    "/prospects/settings/{unit}",
    response=ProspectSettingsOut,
    operation_id="prospect_settings",
    summary="What a unit’s lists go by",
)
def get_settings(request: HttpRequest, unit: str) -> ProspectSettingsOut:
    """Numbers and words. Needs settings.edit there."""
    return _settings(unit_in(scope_of_request(request), "settings.edit", unit))


def _settings(unit: Unit) -> ProspectSettingsOut:
    own, words = SETTINGS.own(unit.pk), openings(unit)
    return ProspectSettingsOut(
        numbers={key: own.get(key) for key in SETTINGS},
        words={key: text if mine else "" for key, (text, _, mine) in words.items()},
        in_force=SETTINGS.of(unit.pk),
        spoken={key: text or str(usual) for key, (text, usual, _) in words.items()},
    )


@router.put(
    "/prospects/settings/{unit}",
    response=ProspectSettingsOut,
    operation_id="change_prospect_settings",
    summary="Change what a unit’s lists go by",
)
def put_settings(request: HttpRequest, unit: str, wanted: ProspectSettingsIO) -> ProspectSettingsOut:
    """Sets what is named, and nothing else. Needs settings.edit there."""
    scope, now = scope_of_request(request), timezone.now()
    found = unit_in(scope, "settings.edit", unit)
    with transaction.atomic():
        SETTINGS.change(by=scope, unit=found, changes=wanted.numbers, now=now)
        for key, text in wanted.words.items():
            set_opening(by=scope, unit=found, key=key, text=text, now=now)
    return _settings(found)


@router.get("/worth", response=Page[WorthOut], operation_id="worth", summary="Who costs more than they bring")
def get_worth(request: HttpRequest, asked: Query[WorthQuery]) -> Page[WorthOut]:
    """One end of a unit's people: who costs most above what they bring first, or who brings most."""
    scope = scope_of_request(request)
    unit, _ = queries.find_list(scope, asked.unit)
    run = find_worth(scope, unit)
    if run is None:
        return Page[WorthOut](items=[], next=None)
    rows, following = page(
        Turn(request, asked.limit, asked.cursor), weighed(scope, run, asked.side, asked.q), ("place",)
    )
    return Page[WorthOut](items=[worth_out(each) for each in rows], next=following)


@router.get(
    "/worth/measures", response=WorthRunOut, operation_id="worth_measures", summary="What worth was counted from"
)
def get_worth_measures(request: HttpRequest, unit: str = "") -> WorthRunOut:
    """The days, the currency, how many people, and what is unknown."""
    scope = scope_of_request(request)
    found, _ = queries.find_list(scope, unit)
    run = find_worth(scope, found)
    if run is None:
        raise DomainError("no_list_yet", Words("这个单位还没有名单", "there is no list of this unit yet"))
    return worth_run_out(run)
