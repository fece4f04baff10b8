"""Programme: what every operation about points looks up first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

from qunyu.api.auth import scope_of_request
from qunyu.kernel.scope import Scope
from qunyu.loyalty import programmes
from qunyu.members.queries import find_person

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme
    from qunyu.members.models import Member


def programme_of(request: HttpRequest, id: str) -> tuple[Scope, Programme]:
    """The caller's scope, and the programme with that public id where people may be seen.

    Raises Denied; DomainError unknown_programme.
    """
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope, programmes.find_programme(scope, id)


def person_of(request: HttpRequest, id: str) -> tuple[Scope, Member]:
    """The caller's scope, and the person with that public id.

    Raises Denied; DomainError unknown_member.
    """
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope, find_person(scope, id)
