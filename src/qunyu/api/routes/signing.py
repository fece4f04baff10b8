"""Sessions, one's own and those of accounts one manages; second factors; the rules of signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.signing import Ended, FactorOut, RulesIn, RulesOut, SessionOut, rules_out, session_out
from qunyu.kernel.scope import Scope
from qunyu.people import sessions as kept
from qunyu.people.queries import account_of, find_staff
from qunyu.people.second_factor import factor_of, reset_factor
from qunyu.people.sign_in_rules import change_rules, rules_now

if TYPE_CHECKING:
    from qunyu.people.models import Staff

router = Router(tags=["signing in"])


@router.get("/sessions", response=list[SessionOut], operation_id="sessions", summary="Where I am signed in")
def sessions(request: HttpRequest) -> list[SessionOut]:
    """The caller's own sessions in the console, the latest seen first. Under a token none of them is `current`."""
    return [session_out(each, _here(request)) for each in kept.sessions_of(_me(request), timezone.now())]


@router.delete("/sessions", response=Ended, operation_id="end_sessions", summary="Sign me out elsewhere")
def end_sessions(request: HttpRequest) -> Ended:
    """Ends every session of the caller but the one that asks; under a token, every one."""
    scope = scope_of_request(request)
    return Ended(count=kept.end_sessions(by=scope, staff=_me(request), but=_here(request), now=timezone.now()))


@router.delete("/sessions/{id}", response=Ended, operation_id="end_session", summary="End a session of mine")
def end_session(request: HttpRequest, id: str) -> Ended:
    """Ends one of the caller's own sessions at once."""
    return _end(scope_of_request(request), _me(request), id)


@router.get(
    "/staff/{id}/sessions", response=list[SessionOut], operation_id="staff_sessions", summary="Somebody’s sessions"
)
def staff_sessions(request: HttpRequest, id: str) -> list[SessionOut]:
    """Where an account is signed in; needs staff.manage wherever it holds a role."""
    scope = scope_of_request(request)
    staff = find_staff(scope, id)
    return [session_out(each, _here(request)) for each in kept.managed_sessions(scope, staff, timezone.now())]


@router.delete(
    "/staff/{id}/sessions", response=Ended, operation_id="end_staff_sessions", summary="End somebody’s sessions"
)
def end_staff_sessions(request: HttpRequest, id: str) -> Ended:
    """Ends every session of an account; needs staff.manage wherever it holds a role."""
    scope = scope_of_request(request)
    return Ended(count=kept.end_sessions(by=scope, staff=find_staff(scope, id), now=timezone.now()))


@router.delete(
    "/staff/{id}/sessions/{session}", response=Ended, operation_id="end_staff_session", summary="End a session"
)
def end_staff_session(request: HttpRequest, id: str, session: str) -> Ended:
    """Ends one session of an account at once; needs staff.manage wherever it holds a role."""
    scope = scope_of_request(request)
    staff = find_staff(scope, id)
    kept.managed_sessions(scope, staff, timezone.now())
    return _end(scope, staff, session)


@router.delete(
    "/staff/{id}/second-factor", response=FactorOut, operation_id="reset_factor", summary="Reset a second factor"
)
def reset_second_factor(request: HttpRequest, id: str) -> FactorOut:
    """Takes away the second factor of somebody who lost it and ends their sessions; not one's own."""
    scope = scope_of_request(request)
    staff = find_staff(scope, id)
    reset_factor(by=scope, staff=staff, now=timezone.now())
    return _factor(staff)


@router.get("/second-factor", response=FactorOut, operation_id="second_factor", summary="My second factor")
def second_factor(request: HttpRequest) -> FactorOut:
    """Whether the caller's second factor is on. It is set up in the console, where there is a screen to scan."""
    return _factor(_me(request))


@router.get("/sign-in-rules", response=RulesOut, operation_id="sign_in_rules", summary="The rules of signing in")
def sign_in_rules(request: HttpRequest) -> RulesOut:
    """What passwords, second factors and sessions must be; needs staff.manage."""
    scope_of_request(request).require("staff.manage")
    return rules_out(rules_now())


@router.patch("/sign-in-rules", response=RulesOut, operation_id="change_rules", summary="Change the rules")
def change_sign_in_rules(request: HttpRequest, wanted: RulesIn) -> RulesOut:
    """Changes what is named; it holds at once. Needs staff.manage at the root."""
    changes = {name: value for name, value in wanted.model_dump().items() if value is not None}
    change_rules(by=scope_of_request(request), changes=changes, now=timezone.now())
    return rules_out(rules_now())


def _end(scope: Scope, staff: Staff, id: str) -> Ended:
    now = timezone.now()
    kept.end_session(by=scope, session=kept.find_session(staff, id, now), now=now)
    return Ended(count=1)


def _factor(staff: Staff) -> FactorOut:
    state = factor_of(staff)
    return FactorOut(on=state.on, since=state.since, codes_left=state.codes_left)


def _me(request: HttpRequest) -> Staff:
    staff, _ = account_of(scope_of_request(request).actor)
    assert staff is not None  # noqa: S101 - only staff and their tokens get past the authentication
    return staff


def _here(request: HttpRequest) -> int | None:
    """The session that asks; None under a token, even where a session's cookie comes with it."""
    if scope_of_request(request).actor.kind != "staff":
        return None
    here: int = request.staff_session.pk  # type: ignore[attr-defined]
    return here
