"""Advice: what the people of each community ask for, with its evidence and the list to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.narrowing import Narrowing
from qunyu.console.pages.labels import divisions
from qunyu.console.templatetags.showing import whole
from qunyu.insights.advice import STRATEGIES, Advice
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.advice import Advised, advised
from qunyu.members.labels import last_run
from qunyu.reports.names import TYPES, named

if TYPE_CHECKING:
    from qunyu.communities.models import Community

SURE: dict[str, Words] = {"sure": Words("把握大", "sure"), "likely": Words("有可能", "likely")}


@dataclass(frozen=True)
class Row:
    """One community, with the advice that sets it apart most (None where there is none)."""

    community: Community
    found: Advised

    @property
    def name(self) -> str:
        """What the community is called."""
        return self.community.name

    @property
    def known(self) -> int:
        """How many people have a known user type."""
        return self.found.known

    @property
    def advice(self) -> Advice | None:
        """The first advice."""
        return self.found.advice[0] if self.found.advice else None

    @property
    def share(self) -> float | None:
        """The share of the advice's user type."""
        return self.advice.share if self.advice else None


def show_advice(request: Ask) -> HttpResponseBase:
    """The list of communities in scope with their first advice, its part, or its export."""
    asked = Narrowing.of(request.GET, request.scope)
    found = advised(request.scope, asked.question().communities)
    wanted, search = request.GET.get("strategy", ""), request.GET.get("q", "").strip()
    filters = [*asked.filters(), _strategies(wanted)]
    listing = Listing[Row](COLUMNS, request.GET, "-known", _link, chips=chips(request.GET, filters))
    every = [
        Row(each, found[each.pk]) for each in communities(request.scope).filter(id__in=found).order_by("name", "id")
    ]
    rows = listing.arranged([row for row in every if _wanted(row, wanted) and search.lower() in row.name.lower()])
    file = listing.export(rows, "advice")
    if file is not None:
        return file
    context = {"listing": listing.put(rows), "filters": filters, "search": search, "run": last_run()}
    if not listing.chips and not rows:
        context["none_at_all"] = True
    return answer(request, "advice", context, part="_list")


def _strategies(chosen: str) -> Filter:
    options = [(key, each.title) for key, each in STRATEGIES.items()]
    return Filter("strategy", Words("策略", "Strategy"), options, chosen if chosen in STRATEGIES else "")


def _wanted(row: Row, strategy: str) -> bool:
    return strategy not in STRATEGIES or (row.advice is not None and row.advice.strategy.user_type == strategy)


COLUMNS = (
    Column[Row]("name", Words("社群", "Community"), lambda row: row.name, sort="name", fixed=True),
    Column[Row]("type", Words("类型", "Type"), lambda row: named(TYPES, row.community.type)),
    Column[Row]("strategy", Words("建议", "Advice"),
                lambda row: row.advice.strategy.title if row.advice else row.found.why_none),
    Column[Row]("share", Words("这类人占比", "Share of that type"), lambda row: _shown(row.advice),
                lambda row: row.share, "share", number=True),
    Column[Row]("sureness", Words("把握", "How sure"), lambda row: SURE[row.advice.sureness] if row.advice else "–"),
    Column[Row]("known", Words("已知类型的人", "People of known type"), lambda row: whole(row.known),
                lambda row: row.known, "known", number=True),
)  # fmt: skip


def _shown(advice: Advice | None) -> str:
    return f"{100 * advice.share:.0f} % ({whole(advice.count)})" if advice else "–"


def _link(row: Row) -> str:
    return reverse("console:community_advice", args=[row.community.public_id])


@dataclass(frozen=True)
class Card:
    """One advice; the people it is about stand behind `address`."""

    advice: Advice
    sureness: Words
    address: str


def advice_of(scope: Scope, community: Community) -> dict[str, Any]:
    """What a community's page shows: who is there, and what to do, with why not where there is nothing."""
    found = advised(scope, [community.pk]).get(community.pk, Advised())
    narrowed = {"community": community.public_id}
    return {
        "advice": [Card(each, SURE[each.sureness], _people(community, each)) for each in found.advice],
        "why": found.why_none,
        "known": found.known,
        "unknown": found.counts.get("unknown", 0),
        "mix": [each for each in divisions(scope, frozenset({community.pk}), narrowed) if not each.label.reference],
        "run": last_run(),
    }


def _people(community: Community, advice: Advice) -> str:
    query = {"place": "present", "user_type": advice.strategy.user_type}
    return f"{reverse('console:community_people', args=[community.public_id])}?{urlencode(query)}"
