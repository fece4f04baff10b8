"""Asking: the request as the console's views get it, and the page or part they answer with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from qunyu.console.lists import Listing
from qunyu.kernel.scope import Scope
from qunyu.people.signing import Duty

if TYPE_CHECKING:
    from qunyu.people.models import StaffSession

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Ask(HttpRequest):
    """A request of somebody signed in; `scope` is what they may see and do (set by `middleware.Doorkeeper`)."""

    scope: Scope
    staff_session: StaffSession
    htmx: HtmxDetails


def open_to_all(view: View) -> View:
    """Marks a view that needs nobody signed in."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def settles(owed: Duty) -> Callable[[View], View]:
    """Marks a view that is open to who owes just that before anything else."""

    def mark(view: View) -> View:
        view.settles = owed  # type: ignore[attr-defined]
        return view

    return mark


def answer(request: Ask, name: str, context: Mapping[str, Any], *, part: str = "", status: int = 200) -> HttpResponse:
    """The page `name`, or its part `part` when htmx asks for that."""
    is_part = bool(part) and bool(request.htmx) and not request.htmx.history_restore_request
    response = render(request, f"console/{part if is_part else name}.html", dict(context), status=status)
    # The same address gives a page or its part: a cache must not confuse them.
    response["Vary"] = "HX-Request, Cookie"
    response["Cache-Control"] = "private, no-store"
    listing = context.get("listing")
    if isinstance(listing, Listing) and listing.page is not None:
        # How many a look at people found (privacy.viewing).
        response.rows_shown = listing.page.paginator.count  # type: ignore[attr-defined]
    return response
