"""One's own API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.organisation import IssuedToken, OwnTokenOut, TokenIn, token_out
from qunyu.people import actions
from qunyu.people.queries import account_of, token_of, tokens_of, unit_seen

if TYPE_CHECKING:
    from qunyu.people.models import Staff

router = Router(tags=["people"])


def _owner(request: HttpRequest) -> Staff:
    staff, _ = account_of(scope_of_request(request).actor)
    assert staff is not None  # noqa: S101 - only staff and their tokens get past the authentication
    return staff


@router.get("/tokens", response=list[OwnTokenOut], operation_id="tokens", summary="One’s own API tokens")
def tokens(request: HttpRequest) -> list[OwnTokenOut]:
    """The caller's tokens, the newest first; no secrets."""
    return [token_out(each) for each in tokens_of(_owner(request))]


@router.post("/tokens", response={201: IssuedToken}, operation_id="issue_token", summary="Issue an API token")
def issue_token(request: HttpRequest, wanted: TokenIn) -> Status[IssuedToken]:
    """Issues a token to the caller; only under the console's session, never by a token."""
    scope, now = scope_of_request(request), timezone.now()
    unit = None if wanted.unit is None else unit_seen(scope, wanted.unit)
    token, secret = actions.issue_token(
        by=scope,
        staff=_owner(request),
        name=wanted.name,
        expires_at=now + timedelta(days=wanted.days),
        now=now,
        limits=actions.Limits(wanted.permissions, unit),
    )
    return Status(201, IssuedToken(token=token_out(token), secret=secret))


@router.delete("/tokens/{id}", response={204: None}, operation_id="revoke_token", summary="Revoke an API token")
def revoke_token(request: HttpRequest, id: str) -> Status[None]:
    """Ends one of the caller's tokens at once. A token may end itself and no other."""
    token = token_of(_owner(request), id)
    actions.revoke_token(by=scope_of_request(request), token=token, now=timezone.now())
    return Status(204, None)
