"""Who is asking."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.people import Me, TokenOut
from qunyu.kernel.scope import PERMISSIONS
from qunyu.people.queries import account_of, units_seen

router = Router(tags=["people"])


@router.get("/me", response=Me, operation_id="me", summary="Who is asking")
def me(request: HttpRequest) -> Me:
    """The account, the token in use, and the units where each permission holds."""
    scope = scope_of_request(request)
    staff, token = account_of(scope.actor)
    assert staff is not None  # noqa: S101 - only staff and their tokens get past the authentication
    units = {unit.pk: unit.public_id for unit in units_seen(scope)}
    held = {code: sorted(units[id] for id in scope.units(code)) for code in PERMISSIONS if scope.may(code)}
    return Me(
        id=staff.public_id,
        username=staff.username,
        name=staff.name,
        language=staff.language,
        token=TokenOut(id=token.public_id, name=token.name, expires_at=token.expires_at) if token else None,
        permissions=held,
    )
