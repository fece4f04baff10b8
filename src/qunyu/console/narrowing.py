"""Narrowing: which communities, periods and breakdown a board's address asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import QueryDict

from qunyu.communities.queries import communities, known_values
from qunyu.console.lists import Filter
from qunyu.console.templatetags.showing import day
from qunyu.insights.board import Board
from qunyu.insights.question import BREAKDOWNS, Breakdown, Question
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import GRAINS, Grain, day_of, next_start, period_start
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import units_in
from qunyu.reports.cards import SPANS, latest
from qunyu.reports.names import TYPES, named, platform

GRAIN_NAMES: dict[str, Words] = {"day": Words("日", "Day"), "week": Words("周", "Week"), "month": Words("月", "Month")}
BREAKDOWN_NAMES: dict[str, Words] = {
    "none": Words("不拆分", "Nothing"),
    "community": Words("社群", "Community"),
    "platform": Words("平台", "Platform"),
    "type": Words("类型", "Type"),
    "theme": Words("主题", "Theme"),
    "unit": Words("组织单位", "Unit"),
}
# What is said when the days asked cut through a period.
WHOLE: dict[str, Words] = {
    "week": Words("按周查看时显示整周：{first} 至 {last}", "By week, whole weeks are shown: {first} to {last}"),
    "month": Words("按月查看时显示整月：{first} 至 {last}", "By month, whole months are shown: {first} to {last}"),
}


@dataclass
class Narrowing:
    """What is asked; values that make no sense are left out and named in `errors`."""

    scope: Scope
    grain: Grain = "month"
    by: Breakdown = "none"
    first: date | None = None
    last: date | None = None
    only: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, given: QueryDict, scope: Scope) -> Narrowing:
        """The narrowing an address asks for."""
        grain, by = given.get("grain", ""), given.get("by", "")
        asked = cls(scope, next((each for each in GRAINS if each == grain), "month"))
        asked.by = next((each for each in BREAKDOWNS if each == by), "none")
        asked.first, asked.last = asked._day(given.get("first", "")), asked._day(given.get("last", ""))
        if asked.first and asked.last and asked.first > asked.last:
            try:
                asked.question()
            except DomainError as error:
                asked.errors.append(str(error.message))
            asked.first = asked.last = None
        asked.only = {name: value for name in (*_FIELDS, "unit") if (value := given.get(name, ""))}
        return asked

    def _day(self, value: str) -> date | None:
        try:
            return day_of(value) if value else None
        except DomainError as error:
            self.errors.append(str(error.message))
            return None

    def query(self, **more: str) -> str:
        """The parameters that ask for the same communities and grain, and `more`."""
        return urlencode({"grain": self.grain, **self.only, **more})

    def question(self, by: Breakdown = "none", metrics: frozenset[str] = frozenset()) -> Question:
        """The question for `insights`.

        Raises DomainError bad_period.
        """
        return Question(self.grain, by, self.first, self.last, self._communities(), metrics)

    def _communities(self) -> frozenset[int] | None:
        if not self.only:
            return None
        wanted = {_FIELDS[name]: "" if value == "-" else value for name, value in self.only.items() if name in _FIELDS}
        if "unit" in self.only:
            # A unit stands for itself and for all below it.
            units = units_in(self.scope, "communities.view")
            path = next((each.path for each in units if each.public_id == self.only["unit"]), None)
            if path is None:
                return frozenset()
            wanted["unit__path__startswith"] = path
        return frozenset(communities(self.scope).filter(**wanted).values_list("id", flat=True))

    def shown(self, board: Board) -> Board:
        """The board with as many periods as a page holds."""
        return board if self.first or self.last else latest(board, SPANS[self.grain])

    def widened(self, board: Board) -> str:
        """Which days are shown in place of those asked, where these cut through a period; else ""."""
        cut = [
            self.first and self.first != period_start(self.first, self.grain),
            self.last and self.last + timedelta(days=1) != next_start(period_start(self.last, self.grain), self.grain),
        ]
        if self.grain not in WHOLE or not any(cut) or not board.periods:
            return ""
        return str(WHOLE[self.grain].fill(first=day(board.periods[0].first), last=day(board.periods[-1].last)))

    def named(self) -> list[tuple[Words, object]]:
        """What it is narrowed to: each filter that is on, with the name of what was chosen."""
        return [
            (each.title, next((name for value, name in each.options if value == each.chosen), each.chosen))
            for each in self.filters()
            if each.chosen
        ]

    def filters(self) -> list[Filter]:
        """The toolbar's choices: what the communities in scope have."""
        values = known_values(self.scope)
        rows = communities(self.scope).order_by("name", "id").values_list("public_id", "name")
        units = [
            (unit.public_id, f"{'　' * (unit.path.count('/') - 2)}{unit.name}")
            for unit in units_in(self.scope, "communities.view")
        ]
        found = [
            self._filter("community", Words("社群", "Community"), list(rows)),
            self._filter(
                "platform", Words("平台", "Platform"), [(each, platform(each)) for each in values["platform"]]
            ),
            self._filter("type", Words("类型", "Type"), [(each or "-", named(TYPES, each)) for each in values["type"]]),
            self._filter(
                "theme", Words("主题", "Theme"), [(each or "-", each or TYPES[""]) for each in values["theme"]]
            ),
            self._filter("unit", Words("组织单位", "Unit"), list(units)),
        ]
        return [each for each in found if len(each.options) > 1 or each.chosen]

    def _filter(self, name: str, title: Words, options: list[tuple[str, object]]) -> Filter:
        return Filter(name, title, options, self.only.get(name, ""))


_FIELDS = {
    "community": "public_id",
    "platform": "platform",
    "type": "type",
    "theme": "theme",
}
