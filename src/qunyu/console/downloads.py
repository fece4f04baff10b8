"""Downloads: what a page shows, as an HTML file that opens offline or as a long picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from qunyu.console.asking import Ask
from qunyu.console.narrowing import Narrowing
from qunyu.flows.place import lake
from qunyu.insights.board import NOTHING, Board, board
from qunyu.insights.cohorts import cohorts
from qunyu.insights.question import Question
from qunyu.insights.totals import totals
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import units_in
from qunyu.reports.page import COLUMNS, Content, render
from qunyu.reports.picture import picture, span_of
from qunyu.reports.sheet import clean

if TYPE_CHECKING:
    from qunyu.communities.models import Community

# Letters of a file's name beside the periods: systems allow 255 bytes, a Chinese letter takes three.
LONGEST = 60
# What no system, or not every one, allows in a file's name.
FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')
UNIT = Words("组织单位", "Unit")

_MAKERS: dict[str, tuple[str, Callable[[Content], bytes]]] = {
    "html": ("text/html; charset=utf-8", lambda content: render(content).encode()),
    "png": ("image/png", picture),
}


def asked_kind(request: Ask) -> str:
    """The kind of file that the address asks for, "" for the page itself."""
    kind = request.GET.get("export", "")
    return kind if kind in _MAKERS else ""


def board_file(request: Ask, asked: Narrowing, found: Board, kind: str) -> HttpResponse:
    """The board as a file of `kind`; `found` is what its page shows.

    Raises NoPicture when a picture cannot be drawn.
    """
    question = asked.question()
    by_community = NOTHING
    if kind == "html":
        each = replace(_within(question, found), grain="all", by="community", metrics=frozenset(COLUMNS))
        by_community = board(lake(), request.scope, each)
    content = Content(
        title=_tops(request.scope),
        board=found,
        by_community=by_community,
        cohorts=cohorts(lake(), request.scope, question),
        # Where no days were asked for, the figures rest on earlier records too: who is new, who was a member.
        totals=totals(lake(), request.scope, _within(question, found) if asked.first or asked.last else question),
        made_at=timezone.now(),
        zone=settings.QUNYU_ZONE,
        shown=[each.chosen_words for each in asked.filters() if each.chosen],
    )
    return _answer(content, kind, "board")


def community_file(request: Ask, community: Community, found: Board, cards: Sequence[str], kind: str) -> HttpResponse:
    """A community's overview as a file of `kind`; `found` is what its page shows, `cards` the metrics on its cards.

    Raises NoPicture when a picture cannot be drawn.
    """
    grain = found.periods[0].grain if found.periods else "month"
    question = Question(grain, communities=frozenset({community.pk}))
    content = Content(
        title=community.name,
        board=found,
        by_community=NOTHING,
        cohorts=cohorts(lake(), request.scope, question),
        totals=totals(lake(), request.scope, question),
        made_at=timezone.now(),
        zone=settings.QUNYU_ZONE,
        shown=[(str(UNIT), community.unit.name)],
        headline=cards,
        key=community.pk,
    )
    return _answer(content, kind, f"community-{community.public_id}")


def _within(question: Question, found: Board) -> Question:
    """The question limited to the days that the board shows: whole periods, also where the days asked for cut through some."""
    if not found.periods:
        return question
    return replace(question, first=found.periods[0].first, last=found.periods[-1].last)


def _tops(scope: Scope) -> str:
    """The names of the highest units in scope."""
    units = units_in(scope, "communities.view")
    paths = {unit.path for unit in units}
    above = {path: [other for other in paths if path != other and path.startswith(other)] for path in paths}
    return " · ".join(unit.name for unit in units if not above[unit.path])


def _answer(content: Content, kind: str, plain: str) -> HttpResponse:
    """The file, under a name for everybody and one in plain letters for programs that know no others."""
    content_type, make = _MAKERS[kind]
    span = span_of(content).replace(" – ", "_")
    ending = f"{'_' if span else ''}{span}.{kind}"
    name = f"{clean(FORBIDDEN.sub(' ', content.title)).strip('. ')[:LONGEST] or plain}{ending}"
    response = HttpResponse(make(content), content_type=content_type)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["Cache-Control"] = "private, no-store"
    return response
