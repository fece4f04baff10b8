"""What people say of us: opinions, complaints and surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.satisfaction import (
    AskIn,
    AskOut,
    OpenIn,
    OpinionIn,
    OpinionOut,
    OpinionQuery,
    OutcomeOut,
    StepIn,
    SurveyIn,
    SurveyOut,
    ask_out,
    opinion_out,
    outcome_out,
    survey_out,
)
from qunyu.kernel.scope import Scope
from qunyu.members.queries import find_person, own_members, people
from qunyu.people.queries import unit_in
from qunyu.satisfaction import surveys
from qunyu.satisfaction.complaints import Done, complaints, handle
from qunyu.satisfaction.opinions import Said, find_opinion, note, opinions, withdraw

if TYPE_CHECKING:
    from qunyu.satisfaction.models import Survey

router = Router(tags=["satisfaction"])


def _asked(request: HttpRequest) -> Scope:
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope


@router.get("/opinions", response=Page[OpinionOut], operation_id="opinions", summary="What people say of us")
def get_opinions(request: HttpRequest, asked: Query[OpinionQuery]) -> Page[OpinionOut]:
    """What people whom the caller may see said, without what was taken back; the latest first."""
    scope = _asked(request)
    found = complaints(scope, state=asked.state) if asked.state else opinions(scope)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.member:
        found = found.filter(member__in=own_members([find_person(scope, asked.member)]))
    turn = Turn(request, asked.limit, asked.cursor)
    rows, following = page(turn, found.select_related("complaint__keeper"), ("-at", "public_id"))
    return Page[OpinionOut](items=[opinion_out(each) for each in rows], next=following)


@router.post(
    "/members/{id}/opinions", response={201: OpinionOut}, operation_id="add_opinion", summary="Note an opinion"
)
def post_opinion(request: HttpRequest, id: str, wanted: OpinionIn) -> Status[OpinionOut]:
    """Keeps what somebody said; a complaint waits to be taken care of. Needs members.edit where the person belongs."""
    scope, now = _asked(request), timezone.now()
    said = Said(wanted.kind, wanted.at or now, wanted.stars, wanted.text, wanted.about)
    made = note(by=scope, member=find_person(scope, id), said=said, now=now)
    return Status(201, opinion_out(find_opinion(scope, made.public_id)))


@router.post(
    "/opinions/{id}/withdraw", response=OpinionOut, operation_id="withdraw_opinion", summary="Take an opinion back"
)
def post_withdraw(request: HttpRequest, id: str) -> OpinionOut:
    """Takes back what was noted by mistake."""
    scope = _asked(request)
    withdraw(by=scope, opinion=find_opinion(scope, id), back=False, now=timezone.now())
    return opinion_out(find_opinion(scope, id))


@router.post(
    "/opinions/{id}/restore", response=OpinionOut, operation_id="restore_opinion", summary="Note an opinion again"
)
def post_restore(request: HttpRequest, id: str) -> OpinionOut:
    """Undoes taking it back."""
    scope = _asked(request)
    withdraw(by=scope, opinion=find_opinion(scope, id), back=True, now=timezone.now())
    return opinion_out(find_opinion(scope, id))


@router.post(
    "/opinions/{id}/steps",
    response=OpinionOut,
    operation_id="handle_complaint",
    summary="Do something about a complaint",
)
def post_step(request: HttpRequest, id: str, wanted: StepIn) -> OpinionOut:
    """Takes it on, answers, settles, refuses, or opens it again."""
    scope = _asked(request)
    done = Done(wanted.did, wanted.words, wanted.content)
    handle(by=scope, opinion=find_opinion(scope, id), done=done, now=timezone.now())
    return opinion_out(find_opinion(scope, id))


@router.get("/surveys", response=list[SurveyOut], operation_id="surveys", summary="Surveys")
def get_surveys(request: HttpRequest) -> list[SurveyOut]:
    """The surveys of the units where the caller may see members, the latest first."""
    return [survey_out(each) for each in surveys.surveys(_asked(request))]


@router.post("/surveys", response={201: SurveyOut}, operation_id="make_survey", summary="Make a survey")
def post_survey(request: HttpRequest, wanted: SurveyIn) -> Status[SurveyOut]:
    """A draft. Needs members.edit at the unit."""
    scope = _asked(request)
    unit = unit_in(scope, "members.edit", wanted.unit)
    made = surveys.make_survey(by=scope, unit=unit, wording=_wording(wanted), now=timezone.now())
    return Status(201, survey_out(surveys.find_survey(scope, made.public_id)))


def _wording(wanted: SurveyIn) -> surveys.Wording:
    return surveys.Wording(wanted.title, [each.dict() for each in wanted.questions], wanted.intro, wanted.thanks)


@router.get("/surveys/{id}", response=SurveyOut, operation_id="survey", summary="One survey")
def get_survey(request: HttpRequest, id: str) -> SurveyOut:
    """The survey as it stands."""
    return survey_out(surveys.find_survey(_asked(request), id))


@router.put("/surveys/{id}", response=SurveyOut, operation_id="change_survey", summary="Change a draft")
def put_survey(request: HttpRequest, id: str, wanted: SurveyIn) -> SurveyOut:
    """Writes a draft anew; what was opened stays as it is."""
    scope = _asked(request)
    surveys.change_survey(by=scope, survey=surveys.find_survey(scope, id), wording=_wording(wanted), now=timezone.now())
    return survey_out(surveys.find_survey(scope, id))


@router.get(
    "/surveys/{id}/outcome", response=OutcomeOut, operation_id="survey_outcome", summary="What came of a survey"
)
def get_outcome(request: HttpRequest, id: str) -> OutcomeOut:
    """Counts, means and texts by question."""
    return outcome_out(surveys.outcome(surveys.find_survey(_asked(request), id)))


@router.post("/surveys/{id}/open", response=SurveyOut, operation_id="open_survey", summary="Open a survey")
def post_open(request: HttpRequest, id: str, wanted: OpenIn) -> SurveyOut:
    """Lets people answer."""
    scope = _asked(request)
    surveys.open_survey(by=scope, survey=surveys.find_survey(scope, id), to_all=wanted.to_all, now=timezone.now())
    return survey_out(surveys.find_survey(scope, id))


@router.post("/surveys/{id}/close", response=SurveyOut, operation_id="close_survey", summary="End a survey")
def post_close(request: HttpRequest, id: str) -> SurveyOut:
    """Nobody can answer any more."""
    scope = _asked(request)
    surveys.close_survey(by=scope, survey=surveys.find_survey(scope, id), now=timezone.now())
    return survey_out(surveys.find_survey(scope, id))


@router.get("/surveys/{id}/asks", response=list[AskOut], operation_id="survey_asks", summary="Whom a survey was put to")
def get_asks(request: HttpRequest, id: str) -> list[AskOut]:
    """Everybody the caller may see with a link of their own, the latest first; the links themselves need members.edit at the survey's unit."""
    scope = _asked(request)
    return _asks(scope, surveys.find_survey(scope, id))


def _asks(scope: Scope, survey: Survey) -> list[AskOut]:
    may_send = surveys.may_send(scope, survey)
    return [ask_out(each, may_send) for each in surveys.asks_of(scope, survey)]


@router.post("/surveys/{id}/asks", response=list[AskOut], operation_id="ask_survey", summary="Put a survey to people")
def post_asks(request: HttpRequest, id: str, wanted: AskIn) -> list[AskOut]:
    """A link for each who has none yet and whom the caller may edit; answers with everybody’s."""
    scope = _asked(request)
    survey = surveys.find_survey(scope, id)
    found = people(scope).filter(public_id__in=wanted.members).values_list("pk", flat=True)
    surveys.ask(by=scope, survey=survey, members=list(found), now=timezone.now())
    return _asks(scope, survey)
