"""The funnel: from exposure to repurchase, altogether and by entry channel, and the people in each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from qunyu.console.asking import Ask
from qunyu.console.explaining import Explanation
from qunyu.console.narrowing import Narrowing
from qunyu.console.pages.analysis import show_analysis
from qunyu.console.pages.behind import answer_people
from qunyu.console.spans import Span, span_of
from qunyu.flows.place import lake
from qunyu.insights.funnel import STEPS, Funnel, Step, funnel_people, funnels
from qunyu.insights.inputs import INPUTS
from qunyu.insights.question import Question
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart
from qunyu.reports.show import UNKNOWN, number

TITLE = Words("转化漏斗", "Funnel")
INTRO = Words("这些天进群的人，后来走到了哪一步？", "Those who came in on these days: how far did they get?")
EVERYBODY = Words("全部渠道", "All channels")
UNTOLD = Words("渠道未知", "Channel not known")
UNHEARD = Words("没说过话就下单", "Ordered without a word")
# More lines than a table on one screen holds.
MOST = 20


@dataclass(frozen=True)
class Cell:
    """One step of one channel as it is written: `text`, the share of the step before, why it is unknown, and where its people are."""

    title: Words
    text: str
    share: str
    why: Words | None
    people: str


@dataclass(frozen=True)
class Row:
    """One channel: what it is called, and its cells; the last tells who ordered without a word."""

    name: str
    cells: list[Cell]


def show_funnel(request: Ask) -> HttpResponse:
    """The page, or the part below its controls."""
    return show_analysis(request, "_funnel", TITLE, INTRO, _made)


def _made(request: Ask, asked: Narrowing, span: Span) -> dict[str, Any] | None:
    found = funnels(lake(), request.scope, span.first, span.last, span.communities)
    if found is None:
        return None
    link = _Link(request.scope, asked, span)
    rows = [_row(str(EVERYBODY), found.whole, link, None)]
    rows += [_row(each.channel or str(UNTOLD), each, link, each.channel) for each in found.channels[:MOST]]
    came = found.whole.steps[1].count or 0
    sentences = (
        *(Words(f"{name.zh}：{what.zh}。", f"{name.en}: {what.en}.") for name, what in STEPS.values()),
        _FOLLOWED,
    )
    return {
        "columns": [*(name for name, _ in STEPS.values()), UNHEARD],
        "rows": rows,
        "more": max(0, len(found.channels) - MOST),
        "charts": [_chart(found.whole)] if came else [],
        "explained": Explanation(sentences, "N1 · N2 · N4", came, found.as_of),
    }


_FOLLOWED = Words(
    "每一步都是前一步的一部分；进群后的事一直算到有数据的最后一天，所以新近进群的人还会往下走。",
    "Every step is a part of the one before. What people did since coming in counts up to the last day of data, so those who came lately can still go on.",
)


@dataclass(frozen=True)
class _Link:
    scope: Scope
    asked: Narrowing
    span: Span

    def of(self, key: str, count: int | None, channel: str | None) -> str:
        """Where the people of a step are listed; "" where nobody may see them or there are none."""
        narrow = self.scope.within("members.view")
        permission = "communities.view" if key in ("came", "spoke") else "orders.view"
        if not count or key == "exposed" or not narrow.may(permission):
            return ""
        days = {"first": self.span.first.isoformat(), "last": self.span.last.isoformat()}
        more = {} if channel is None else {"channel": channel or "-"}
        return f"{reverse('console:funnel_people', args=[key])}?{self.asked.query(**days, **more)}"


def _row(name: str, funnel: Funnel, link: _Link, channel: str | None) -> Row:
    cells = [_cell(step, link, channel) for step in funnel.steps]
    text = str(UNKNOWN) if funnel.unheard is None else number(funnel.unheard)
    why = INPUTS[funnel.steps[-1].why] if funnel.unheard is None else None
    return Row(name, [*cells, Cell(UNHEARD, text, "", why, link.of("unheard", funnel.unheard, channel))])


def _cell(step: Step, link: _Link, channel: str | None) -> Cell:
    text = str(UNKNOWN) if step.count is None else number(step.count)
    share = "" if step.of_before is None else f"{step.of_before * 100:.1f} %"
    return Cell(
        STEPS[step.key][0], text, share, INPUTS[step.why] if step.why else None, link.of(step.key, step.count, channel)
    )


def _chart(funnel: Funnel) -> Chart:
    """The steps of people as bars, the longest on top, each with its share of those who came in."""
    steps = [step for step in funnel.steps if step.key != "exposed" and step.count is not None]
    labels = [f"{STEPS[step.key][0]} {number(step.count or 0)} · {(step.of_first or 0) * 100:.1f} %" for step in steps]
    option = {
        "color": list(PALETTE),
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": labels},
        "series": [{"type": "bar", "name": str(TITLE), "data": [step.count for step in steps], "barMaxWidth": 36}],
    }
    return Chart("funnel", Words("进群的人走到了哪一步？", "How far do those who come in get?"), option)


def show_funnel_people(request: Ask, step: str) -> HttpResponseBase:
    """The people in a step of the funnel.

    Raises DomainError unknown_step, bad_period or unknown_period, Denied.
    """
    request.scope.require("communities.view")
    asked = Narrowing.of(request.GET, request.scope)
    span = span_of(lake(), request.scope, asked)
    if span is None:
        raise DomainError("unknown_period", _NO_DATA)
    channel = request.GET.get("channel")
    named = "" if channel == "-" else channel
    question = Question("all", "none", span.first, span.last, span.communities)
    ids = funnel_people(lake(), request.scope, question, step, named)
    title, what = STEPS.get(step, (UNHEARD, _UNHEARD_ARE))
    context = {
        "title": f"{TITLE} · {title}",
        "period": span.label,
        "who": what,
        "named": [*asked.named(), *([(_CHANNEL, named or UNTOLD)] if channel is not None else [])],
        "back": f"{reverse('console:funnel')}?{asked.query(first=span.first.isoformat(), last=span.last.isoformat())}",
        "back_title": TITLE,
    }
    return answer_people(request, ids, f"funnel-{step}-{span.label}", context)


_CHANNEL = Words("入群渠道", "Entry channel")
_UNHEARD_ARE = Words(
    "这些天首次出现、没说过话就下单的普通成员", "ordinary members first seen on these days who ordered without a word"
)
_NO_DATA = Words("所选范围没有数据", "there are no data for this choice")
