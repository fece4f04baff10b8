"""Picture: a board as one long picture for a phone, made to be posted in a group."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from qunyu.kernel.words import Words, language
from qunyu.reports.cards import Card, focus_of, is_whole
from qunyu.reports.charts import Chart
from qunyu.reports.drawing import ChartJob, Part, check_drawing, draw
from qunyu.reports.page import Content, moved
from qunyu.reports.sheet import ACCENT, INNER, MARGIN, SOFT, WIDTH, Sheet, Style, cut, width_of
from qunyu.reports.show import number

GAP = 20
PAD = 28
# A chart is drawn as wide as a phone shows it and enlarged, so that its letters are as large as the others.
SCALE = 2
CHART_WIDTH, CHART_HEIGHT = (INNER - 2 * PAD) // SCALE, 260
# Pixels of a heat map before it is enlarged: a row, and what stands below the rows.
ROW, BELOW_ROWS = 22, 84
LEGEND_LINE = 22
COLOURS = {"good": "#1f8a3b", "bad": "#c2352b", "": SOFT}
WHITE, PALE = "#ffffff", "#d6e4f5"


def picture(content: Content) -> bytes:
    """The picture as PNG, 1080 pixels wide, in the active language.

    Raises NoPicture when nothing can draw it, and DomainError no_front_end when the charts' program is not installed.
    """
    return draw(parts(content, check_drawing().family))


def parts(content: Content, family: str) -> list[Part]:
    """The picture's SVG, its charts still to be drawn, set in the fonts of `family`."""
    sheet = Sheet()
    _head(sheet, content)
    band = sheet.y
    sheet.y += GAP
    if content.board.periods:
        _cards(sheet, content)
        for chart in content.charts():
            _chart(sheet, chart)
    else:
        sheet.y += 2 * GAP
        sheet.write(str(_NOTHING), Style(36, SOFT))
        sheet.y += 2 * GAP
    _foot(sheet, content)
    return sheet.finished(family, "zh-Hans" if language() == "zh" else "en", band=band)


def span_of(content: Content) -> str:
    """The periods shown, "2026-01 – 2026-03", or the one; "" when there is none."""
    labels = [period.label for period in content.board.periods]
    return " – ".join(dict.fromkeys((labels[0], labels[-1]))) if labels else ""


def _head(sheet: Sheet, content: Content) -> None:
    sheet.y = 36
    sheet.write("Qunyu 群域", Style(28, PALE))
    sheet.y += 6
    sheet.write(content.title, Style(52, WHITE, bold=True), lines=2)
    sheet.y += 6
    if span := span_of(content):
        sheet.write(span, Style(36, WHITE))
    for name, value in content.shown or [(str(_COMMUNITIES), number(content.totals.communities))]:
        sheet.write(str(_NAMED.fill(name=name, value=value)), Style(30, PALE))
    sheet.y += 28


def _cards(sheet: Sheet, content: Content) -> None:
    board, focus = content.board, focus_of(content.board)
    place = board.periods.index(focus)
    days = f" ({focus.first:%m-%d} – {focus.last:%m-%d})" if focus.grain == "week" else ""
    sheet.write(f"{focus.label}{days}{'' if is_whole(focus, board.as_of) else _SO_FAR}", Style(38, bold=True))
    if place and is_whole(focus, board.as_of):
        sheet.write(str(_COMPARED.fill(period=board.periods[place - 1].label)), Style(26, SOFT))
    sheet.y += 16
    width = (INNER - GAP) / 2
    cards = content.cards()
    for left in range(0, len(cards), 2):
        pair = cards[left : left + 2]
        height = 196 if any(card.others for card in pair) else 158
        for column, card in enumerate(pair):
            _card(sheet, card, MARGIN + column * (width + GAP), width, height)
        sheet.y += height + GAP


def _card(sheet: Sheet, card: Card, x: float, width: float, height: float) -> None:
    y, room = sheet.y, width - 2 * PAD
    sheet.box(x, y, width, height)
    left = x + PAD
    sheet.put(cut(str(card.metric.title), 28, room), left, y + 52, Style(28, SOFT))
    change = moved(card)
    if card.figure.value is None:
        sheet.put(card.text, left, y + 120, Style(40, SOFT))
        return
    beside = width_of(change, 28) + 16 if change else 0
    size = next((size for size in (52, 46, 40, 34) if width_of(card.text, size) <= room - beside), 30)
    sheet.put(cut(card.text, size, room - beside), left, y + 122, Style(size, bold=True))
    if change:
        sheet.put(change, x + width - PAD, y + 122, Style(28, COLOURS[card.sense]), "end")
    if card.others:
        sheet.put(cut(f"+ {' + '.join(card.others)}", 26, room), left, y + 164, Style(26, SOFT))


def _chart(sheet: Sheet, chart: Chart) -> None:
    rows = _rows(chart.option)
    height = rows * ROW + BELOW_ROWS if rows else CHART_HEIGHT
    notes = Sheet()
    notes.write(str(chart.note) if chart.note else "", Style(26, SOFT), width=INNER - 2 * PAD, lines=3)
    whole = 96 + height * SCALE + (notes.y + 12 if notes.y else 0) + 16
    top = sheet.y
    sheet.box(MARGIN, top, INNER, whole)
    left = MARGIN + PAD
    sheet.put(cut(str(chart.title), 34, INNER - 2 * PAD), left, top + 60, Style(34, bold=True))
    sheet.chart(ChartJob(still(chart.option), CHART_WIDTH, height, language()), left, top + 88, SCALE)
    sheet.y = top + 96 + height * SCALE
    if chart.note:
        sheet.write(str(chart.note), Style(26, SOFT), x=left, width=INNER - 2 * PAD, lines=3)
    sheet.y = top + whole + GAP


def _rows(option: dict[str, Any]) -> int:
    """How many rows a heat map has; 0 for any other chart."""
    return len(option["yAxis"]["data"]) if isinstance(option["yAxis"], dict) else 0


def still(option: dict[str, Any]) -> dict[str, Any]:
    """The option for paper: nothing moves, nothing waits for a mouse, and the whole legend is seen."""
    found = {key: value for key, value in deepcopy(option).items() if key not in ("aria", "tooltip")}
    found |= {"animation": False, "textStyle": {"fontFamily": "sans-serif"}}
    if "visualMap" in found:
        # Without a mouse over it nothing else says what the colours stand for.
        found["visualMap"]["text"] = [f"{found['visualMap']['max']:g} %", "0 %"]
    if "legend" in found:
        lines = _legend_lines([str(series["name"]) for series in found["series"]])
        found["legend"] |= {"type": "plain", "left": 0, "itemGap": 12, "itemWidth": 18}
        found["grid"]["top"] += LEGEND_LINE * (lines - 1)
    return found


def _legend_lines(names: list[str]) -> int:
    lines, used = 1, 0.0
    for name in names:
        width = 18 + 5 + width_of(name, 12) + 12
        if used and used + width > CHART_WIDTH:
            lines, used = lines + 1, 0.0
        used += width
    return lines


def _foot(sheet: Sheet, content: Content) -> None:
    totals = content.totals
    sheet.y += GAP / 2
    small = Style(24, SOFT)
    if content.board.as_of:
        sheet.write(str(_AS_OF.fill(day=content.board.as_of)), small)
    sheet.write(_basis(content), small, lines=2)
    days = [moment.astimezone(content.zone).date() for moment in (totals.first_at, totals.last_at) if moment]
    if days:
        sheet.write(str(_RECORDS.fill(first=days[0], last=days[-1])), small)
    if any(card.figure.value is None for card in content.cards()):
        sheet.write(str(_UNKNOWN_IS), small, lines=2)
    made = content.made_at.astimezone(content.zone).strftime("%Y-%m-%d %H:%M")
    sheet.write(str(_MADE_AT.fill(at=made, zone=content.zone.key)), small)
    sheet.y += 14
    sheet.put("Qunyu 群域", WIDTH / 2, sheet.y + 32, Style(30, ACCENT, bold=True), "middle")
    sheet.y += 72


def _basis(content: Content) -> str:
    """How many communities, people, messages and orders the figures rest on."""
    totals = content.totals
    orders = sum(row.orders for row in totals.orders if row.state == "paid")
    counts = [
        _COUNTED["communities"].fill(n=number(totals.communities)),
        _COUNTED["people"].fill(n=number(totals.members)),
        _COUNTED["messages"].fill(n=number(totals.kinds.get("message", 0))),
        *([_COUNTED["orders"].fill(n=number(orders))] if orders else []),
    ]
    return str(_BASIS.fill(counts=str(_AND).join(map(str, counts))))


_NOTHING = Words("没有可以显示的数据", "There are no data to show")
_COMMUNITIES = Words("社群数", "Communities")
_NAMED = Words("{name}：{value}", "{name}: {value}")
_SO_FAR = Words("（未满期）", " (so far)")
_COMPARED = Words("升降与 {period} 相比", "Changes are against {period}")
_AS_OF = Words("数据截至 {day}", "Data up to {day}")
_BASIS = Words("依据：{counts}", "Based on: {counts}")
_AND = Words("、", ", ")
_COUNTED = {
    "communities": Words("{n} 个社群", "communities {n}"),
    "people": Words("{n} 人", "people {n}"),
    "messages": Words("{n} 条消息", "messages {n}"),
    "orders": Words("{n} 笔已付款订单", "paid orders {n}"),
}
_UNKNOWN_IS = Words(
    "“未知”表示缺少计算所需的数据，不是 0。", "Unknown means that data to compute it are missing; it is not 0."
)
_RECORDS = Words("记录范围：{first} 至 {last}", "Records from {first} to {last}")
_MADE_AT = Words("生成于 {at}（{zone}）", "Made at {at} ({zone})")
