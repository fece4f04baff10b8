"""Point lists: what the lists of a points programme do alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpResponseBase

from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around
from qunyu.console.lists import Endless, Filter, Listing, Walked
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme


@dataclass(frozen=True)
class Told:
    """What stands around a list: its tab, filters, what is said before there is anything, and what else its page shows.

    `name` is that of its export ("" for the tab's), `tie` settles ties of its order, and `along` is how its first pages are found (Walked).
    """

    tab: str
    filters: Sequence[Filter]
    nothing: Words
    name: str = ""
    tie: str = "pk"
    along: tuple[str, Sequence[QuerySet[Any, Any]]] | None = None
    page: str = "points_list"
    status: int = 200
    more: Mapping[str, Any] = field(default_factory=dict)


def put_out(request: Ask, programme: Programme, listing: Listing[Any], found: Any, told: Told) -> HttpResponseBase:
    """The list's page, its part, or its export."""
    rows = listing.ordered(found, told.tie)
    file = listing.export(rows, told.name or told.tab)
    if file is not None:
        return file
    context = {
        **around(request, programme, told.tab),
        "listing": listing.put(Walked(rows, *told.along) if told.along else Endless(rows)),
        "filters": told.filters,
        "search": request.GET.get("q", "").strip(),
        "kept": [("programme", programme.public_id)],
        "nothing_yet": "" if listing.chips else told.nothing,
        **told.more,
    }
    return answer(request, told.page, context, part="_list", status=told.status)
