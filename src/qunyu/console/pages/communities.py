"""Communities: the list with each one's latest figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpResponseBase
from django.urls import reverse

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Listing, chips
from qunyu.console.narrowing import Narrowing
from qunyu.console.templatetags.showing import ago, whole
from qunyu.flows.place import lake
from qunyu.insights.board import Board, board
from qunyu.insights.question import Question
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.queries import last_active
from qunyu.reports.names import TYPES, named, platform

FIGURES = ("members", "mau", "messages")


@dataclass(frozen=True)
class Line:
    """One community; figures are None where there are no facts. `messages` are the latest month's."""

    public_id: str
    name: str
    unit: str
    platform: str
    type: str
    theme: str
    members: int | None
    active: int | None
    messages: int | None
    last_at: datetime | None


COLUMNS = (
    Column[Line]("name", Words("社群", "Community"), lambda row: row.name, sort="name", fixed=True),
    Column[Line]("platform", Words("平台", "Platform"), lambda row: platform(row.platform), sort="platform"),
    Column[Line]("type", Words("类型", "Type"), lambda row: named(TYPES, row.type), sort="type"),
    Column[Line]("theme", Words("主题", "Theme"), lambda row: row.theme or "–", lambda row: row.theme, "theme", optional=True),
    Column[Line]("unit", Words("组织单位", "Unit"), lambda row: row.unit, sort="unit"),
    Column[Line]("members", Words("成员数", "Members"), lambda row: whole(row.members), lambda row: row.members,
                 "members", number=True),
    Column[Line]("active", Words("近 30 天活跃", "Active in 30 days"), lambda row: whole(row.active), lambda row: row.active,
                 "active", number=True),
    Column[Line]("messages", Words("最近一月消息", "Messages, latest month"), lambda row: whole(row.messages),
                 lambda row: row.messages, "messages", number=True),
    Column[Line]("last_at", Words("最后活动", "Last activity"), lambda row: ago(row.last_at), lambda row: row.last_at,
                 "last_at", number=True),
)  # fmt: skip


def show_communities(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export."""
    request.scope.require("communities.view")
    asked = Narrowing.of(request.GET, request.scope)
    asked.only.pop("community", None)
    filters = [each for each in asked.filters() if each.name != "community"]
    search = request.GET.get("q", "").strip()
    listing = Listing[Line](COLUMNS, request.GET, "-members", _link, chips=chips(request.GET, filters))
    rows = listing.arranged(_lines(request, asked))
    file = listing.export(rows, "communities")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": search,
        "none_at_all": not rows and not communities(request.scope).exists(),
    }
    return answer(request, "communities", context, part="_list")


def _link(row: Line) -> str:
    return reverse("console:community", args=[row.public_id])


def _lines(request: Ask, asked: Narrowing) -> list[Line]:
    rows = communities(request.scope).select_related("unit").order_by("id")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=text) | Q(theme__icontains=text) | Q(key__icontains=text))
    only = asked.question().communities
    if only is not None:
        rows = rows.filter(id__in=only)
    found = list(rows)
    figures = _Figures(request.scope, frozenset(each.pk for each in found))
    return [
        Line(each.public_id, each.name, each.unit.name, each.platform, each.type, each.theme, *figures.of(each.pk))
        for each in found
    ]


class _Figures:
    """The figures of all communities, from one question."""

    def __init__(self, scope: Scope, ids: frozenset[int]) -> None:
        self.board: Board | None = None
        self.last = last_active(ids)
        if ids:
            self.board = board(lake(), scope, Question("month", "community", None, None, ids, frozenset(FIGURES)))

    def of(self, community: int) -> tuple[int | None, int | None, int | None, datetime | None]:
        last = self.last.get(community)
        if self.board is None or not self.board.periods or last is None:
            return None, None, None, last
        focus = self.board.periods[-1]
        values = [self.board.figure(name, focus, community).value for name in FIGURES]
        members, active, messages = (None if value is None else int(value) for value in values)
        return members, active, messages, last
