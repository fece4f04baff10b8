"""The relationship calendar: occasions and what is decided about them, results, opening words, favours and recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.basics import Day, Ref
from qunyu.api.schemas.care import (
    AskQuery,
    BroughtIn,
    BroughtOut,
    CandidateOut,
    CareResultOut,
    FavourIn,
    FavourOut,
    FavourResultIn,
    OccasionDecision,
    OccasionOut,
    OccasionQuery,
    OccasionSettingsIn,
    OccasionSettingsOut,
    OpeningIn,
    OpeningOut,
    TallyOut,
    brought_out,
    favour_out,
    line_out,
    occasion_out,
    opening_out,
    settings_out,
    tally_out,
)
from qunyu.care import actions, asks, brought
from qunyu.care.queries import Wanted, dress, find_occasion, openings_of, wanted_occasions
from qunyu.care.settings import change_care
from qunyu.communities.duties import local_day
from qunyu.flows.caring import results_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.leave import may_contact
from qunyu.members.queries import find_person
from qunyu.people.queries import unit_in

router = Router(tags=["care"])
SHOWN = 50
NO_DAY = Words("请填写日期", "give a day")
BAD_DAYS = Words("首日须在末日之前，且不超过一年", "the first day lies before the last, within a year")


def _asked(request: HttpRequest) -> Scope:
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope


@router.get("/occasions", response=Page[OccasionOut], operation_id="occasions", summary="The relationship calendar")
def get_occasions(request: HttpRequest, asked: Query[OccasionQuery]) -> Page[OccasionOut]:
    """Days worth a light contact, the soonest first, with the channel and words suggested and whether the cap allows it now."""
    scope = _asked(request)
    told: dict[str, Any] = {
        name: getattr(asked, name) for name in ("kind", "state", "first", "last", "community", "own")
    }
    unit = unit_in(scope, "members.view", asked.unit) if asked.unit else None
    found = wanted_occasions(scope, Wanted(local_day(timezone.now()), asked.q, unit=unit, **told))
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("due", "public_id"))
    return Page[OccasionOut](items=_dressed(scope, rows), next=following)


def _dressed(scope: Scope, rows: Sequence[Any]) -> list[OccasionOut]:
    dress(scope, rows, timezone.now())
    return [occasion_out(row) for row in rows]


@router.post(
    "/occasions/{id}/decide", response=OccasionOut, operation_id="decide_occasion", summary="Decide about an occasion"
)
def post_decide(request: HttpRequest, id: str, wanted: OccasionDecision) -> OccasionOut:
    """Contacted (through the contact cap), put off, left out, handed over, or undone. Needs members.edit where the person belongs."""
    scope, now = _asked(request), timezone.now()
    row: Any = find_occasion(scope, id)
    if wanted.do == "done":
        said = actions.Said(wanted.channel, wanted.words, wanted.selling, wanted.passing)
        actions.mark_done(by=scope, occasion=row, said=said, now=now)
    elif wanted.do == "later":
        if wanted.until is None:
            raise DomainError("bad_occasion", NO_DAY, field="until")
        actions.put_off(by=scope, occasion=row, until=wanted.until, now=now)
    elif wanted.do == "leave_out":
        actions.leave_out(by=scope, occasion=row, reason=wanted.reason, now=now)
    elif wanted.do == "hand":
        actions.hand_over(by=scope, occasion=row, keeper=wanted.keeper, now=now)
    else:
        actions.undo(by=scope, occasion=row, now=now)
    return _dressed(scope, [find_occasion(scope, id)])[0]


@router.get(
    "/occasions/results", response=list[CareResultOut], operation_id="care_results", summary="What came of contacts"
)
def get_results(request: HttpRequest, first: Day | None = None, last: Day | None = None) -> list[CareResultOut]:
    """By kind and channel who answered and ordered within seven days, beside those who were not contacted: no experiment. The last 90 days unless said."""
    scope, now = _asked(request), timezone.now()
    until = last or local_day(now)
    since = first or until - timedelta(days=89)
    if since > until or (until - since).days > 366:
        raise DomainError("bad_days", BAD_DAYS, field="first")
    return [line_out(each) for each in results_of(scope, first=since, last=until, now=now)]


@router.get(
    "/occasions/settings/{unit}",
    response=OccasionSettingsOut,
    operation_id="occasion_settings",
    summary="Which occasions a unit looks for",
)
def get_settings(request: HttpRequest, unit: str) -> OccasionSettingsOut:
    """Numbers and switches, inherited from the unit above. Needs settings.edit there."""
    return settings_out(unit_in(scope_of_request(request), "settings.edit", unit))


@router.patch(
    "/occasions/settings/{unit}",
    response=OccasionSettingsOut,
    operation_id="change_occasion_settings",
    summary="Change which occasions a unit looks for",
)
def patch_settings(request: HttpRequest, unit: str, wanted: OccasionSettingsIn) -> OccasionSettingsOut:
    """Sets what is named, and nothing else; occasions are looked for anew at once. Needs settings.edit there."""
    scope = scope_of_request(request)
    found = unit_in(scope, "settings.edit", unit)
    change_care(by=scope, unit=found, changes=dict(wanted.values), now=timezone.now())
    return settings_out(found)


@router.get("/openings", response=list[OpeningOut], operation_id="openings", summary="Opening words of units")
def get_openings(request: HttpRequest) -> list[OpeningOut]:
    """The words that units set whose settings the caller may change."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    return [opening_out(each) for each in openings_of(scope)]


@router.put("/openings", response=list[OpeningOut], operation_id="set_opening", summary="Set opening words")
def put_opening(request: HttpRequest, wanted: OpeningIn) -> list[OpeningOut]:
    """Sets the words of a unit for one occasion and channel. Needs settings.edit there."""
    scope = scope_of_request(request)
    unit = unit_in(scope, "settings.edit", wanted.unit)
    told = {"kind": wanted.kind, "channel": wanted.channel, "text": wanted.text}
    actions.set_opening(by=scope, unit=unit, now=timezone.now(), **told)
    return [opening_out(each) for each in openings_of(scope)]


@router.get("/favours", response=Page[FavourOut], operation_id="favours", summary="Favours and recommendations")
def get_favours(request: HttpRequest, asked: Query[AskQuery]) -> Page[FavourOut]:
    """What people whom the caller may see were asked, the latest first."""
    scope = _asked(request)
    found = asks.asks(scope)
    narrowed = {name: getattr(asked, name) for name in ("kind", "outcome") if getattr(asked, name)}
    found = found.filter(**narrowed)
    if asked.member:
        found = found.filter(member__own_identity__member=find_person(scope, asked.member))
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-asked_at", "public_id"))
    return Page[FavourOut](items=[favour_out(each) for each in rows], next=following)


@router.get("/favours/tallies", response=list[TallyOut], operation_id="favour_tallies", summary="What came of asks")
def get_tallies(request: HttpRequest) -> list[TallyOut]:
    """By kind: asked, agreed, done, people brought and how many of them bought."""
    scope = _asked(request)
    return [tally_out(each) for each in brought.tallies(scope, asks.asks(scope))]


@router.get(
    "/favours/candidates", response=list[CandidateOut], operation_id="favour_candidates", summary="Whom to ask now"
)
def get_candidates(request: HttpRequest) -> list[CandidateOut]:
    """Up to 50 people who are good ones to ask, by name, with the reasons."""
    scope, now = _asked(request), timezone.now()
    found = asks.reasons_for(scope, list(asks.candidates(scope, now=now)[:SHOWN]), now)
    leaves = may_contact([each.member.pk for each in found], now)
    return [
        CandidateOut(
            member=Ref(id=each.member.public_id, name=each.member.name),
            reasons=[str(words) for words in each.reasons],
            allowed=leaves[each.member.pk].allowed,
        )
        for each in found
    ]


@router.post("/members/{id}/favours", response={201: FavourOut}, operation_id="ask_favour", summary="Ask a favour")
def post_favour(request: HttpRequest, id: str, wanted: FavourIn) -> Status[FavourOut]:
    """Keeps that somebody is asked now, as a contact under the cap. Needs members.edit where the person belongs."""
    scope = _asked(request)
    wish = asks.Wish(wanted.kind, wanted.what, wanted.channel, wanted.passing)
    made = asks.ask_favour(by=scope, member=find_person(scope, id), wish=wish, now=timezone.now())
    return Status(201, favour_out(asks.find_ask(scope, made.public_id)))


@router.put("/favours/{id}/result", response=FavourOut, operation_id="favour_result", summary="Note what came of it")
def put_result(request: HttpRequest, id: str, wanted: FavourResultIn) -> FavourOut:
    """Keeps the outcome and the thanks. Needs members.edit where the person belongs."""
    scope = _asked(request)
    result = asks.Result(wanted.outcome, wanted.note, wanted.thanks, wanted.thanks_note)
    asks.note_result(by=scope, ask=asks.find_ask(scope, id), result=result, now=timezone.now())
    return favour_out(asks.find_ask(scope, id))


@router.get("/favours/{id}/brought", response=list[BroughtOut], operation_id="brought", summary="Whom they brought")
def get_brought(request: HttpRequest, id: str) -> list[BroughtOut]:
    """The people whom the caller may see that came by a recommendation."""
    return _brought(_asked(request), id)


@router.post("/favours/{id}/brought", response=list[BroughtOut], operation_id="note_brought", summary="Note who came")
def post_brought(request: HttpRequest, id: str, wanted: BroughtIn) -> list[BroughtOut]:
    """Keeps that somebody came by a recommendation, or takes it away. Needs members.edit where both belong."""
    scope, now = _asked(request), timezone.now()
    ask, member = asks.find_ask(scope, id), find_person(scope, wanted.member)
    if wanted.away:
        brought.take_brought_away(by=scope, ask=ask, member=member, now=now)
    else:
        brought.note_brought(by=scope, ask=ask, member=member, came=wanted.came, now=now)
    return _brought(scope, id)


def _brought(scope: Scope, id: str) -> list[BroughtOut]:
    ask = asks.find_ask(scope, id)
    came = brought.brought_by(scope, asks.asks(scope).filter(pk=ask.pk))
    bought = brought.buyers_among(scope, came)
    known = None if bought is None else set(bought.values_list("pk", flat=True))
    return [brought_out(each, known) for each in came]
