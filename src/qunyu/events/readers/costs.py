"""Costs and exposures by day, community and entry channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from qunyu.events.cell_times import DateOrder, day
from qunyu.events.cells import Unreadable, currency, is_blank, number
from qunyu.events.columns import CHAT_TEXT, Kind, constant
from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.rows import CostRow
from qunyu.events.table_dates import order_of_dates
from qunyu.events.tables import Opened, certainty, open_kind
from qunyu.kernel.words import Words

_SYNONYMS = {
    "day": "day date 日期 统计日期 消费日期 投放日期 时间 统计时间 费用日期 支出日期".split(),
    "community": "community communityname group groupname 社群 社群名称 群名称 群名 群聊名称 所属社群".split(),
    "channel": """
        channel source medium campaign 渠道 渠道名称 来源渠道 入群渠道 推广渠道 投放渠道 媒体 平台 来源 入口
    """.split(),
    "cost": """
        cost spend spent expense amountspent costs 费用 花费 成本 消耗 消费 支出 投放费用 投放金额 推广费用 推广花费
        总花费 总费用 总消耗 费用金额
    """.split(),
    "currency": "currency 币种 货币".split(),
    "exposures": """
        exposures exposure impressions impression views reach 曝光 曝光量 曝光数 曝光次数 曝光人数 展现 展现量 展现数
        展示 展示量 展示数 展示次数 浏览量
    """.split(),
}

COSTS = Kind(
    fields={field: tuple(names) for field, names in _SYNONYMS.items()},
    needs=(("day",), ("cost", "exposures")),
    tells=("cost", "exposures"),
    foreign=CHAT_TEXT,
)


def recognise(file: File, options: ReadOptions) -> float:
    """Sure when a header has a day and a cost or exposures."""
    return certainty(file, options, COSTS)


def read(file: File, options: ReadOptions) -> Iterator[CostRow | Problem]:
    """A row per day and channel; blanks are "not told", never zero."""
    problems: list[Problem] = []
    opened = open_kind(file, options, COSTS, problems)
    if opened is not None:
        costs = _Costs(opened, file, options, problems)
        for line, row in opened.table.rows:
            yield from problems
            problems.clear()
            yield costs.cost(line, row)
    yield from problems


class _Costs:
    def __init__(self, opened: Opened, file: File, options: ReadOptions, problems: list[Problem]) -> None:
        def reopen() -> Opened | None:
            return open_kind(file, options, COSTS, [])

        self.names = opened.columns.names
        self.file = file.name
        self.zone = options.source_zone
        self.order: DateOrder = order_of_dates(reopen, "day", options, file.name, problems)
        self.currency = constant(options.columns, opened.table.header, "currency")

    def cost(self, line: int, row: Mapping[str, str]) -> CostRow | Problem:
        try:
            return self._row(line, row)
        except Unreadable as error:
            return Problem(error.code, self.file, line, error.data)

    def _row(self, line: int, row: Mapping[str, str]) -> CostRow:
        if is_blank(self._text(row, "day")):
            raise Unreadable("missing_field", field="day")
        cost, exposures = self._number(row, "cost"), self._number(row, "exposures")
        if cost is None and exposures is None:
            raise Unreadable("missing_field", field="cost")
        if exposures is not None and (exposures < 0 or exposures != exposures.to_integral_value()):
            raise Unreadable("bad_number", field="exposures", value=self._text(row, "exposures")[:40])
        return CostRow(
            day(self._text(row, "day"), self.zone, self.order),
            self._text(row, "community"),
            self._text(row, "channel"),
            cost,
            currency(self._text(row, "currency")) or self.currency,
            None if exposures is None else int(exposures),
            line,
        )

    def _number(self, row: Mapping[str, str], field: str) -> Decimal | None:
        text = self._text(row, field)
        return None if is_blank(text) else number(text, field)

    def _text(self, row: Mapping[str, str], field: str) -> str:
        return row.get(self.names.get(field, ""), "").strip()


READERS = (
    Reader(
        key="costs",
        platform="costs",
        title=Words("费用与曝光表（CSV、XLSX）", "Costs and exposures (CSV or XLSX)"),
        recognise=recognise,
        read=read,
        yields="costs",
        example=Example(
            "投放.csv",
            (
                "日期,社群,渠道,花费,币种,曝光量\n"
                '2026-03-01,茶友一群,门店海报,"1,200.00",CNY,\n'
                "2026/3/2,,公众号,,,1.2万\n"
                '合计,,,"1,200.00",,12000\n'
            ).encode(),
            {"costrow": 2, "problem": 1},
        ),
    ),
)
