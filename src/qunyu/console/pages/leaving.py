"""Leaving: who left when, after what, and what they said last; for the communities asked for, or for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask
from qunyu.console.drilling import people_of
from qunyu.console.explaining import Explanation
from qunyu.console.heat import hour_chart
from qunyu.console.narrowing import Narrowing
from qunyu.console.pages.analysis import show_analysis
from qunyu.console.spans import Span
from qunyu.flows.place import lake
from qunyu.insights.inputs import INPUTS
from qunyu.insights.leaving import NEW_DAYS, SILENCES, TENURES, Leaving, PartingWords, leaving, parting_words
from qunyu.insights.metric import metrics
from qunyu.insights.parting_words import EVERY, REASONS
from qunyu.kernel.words import Words
from qunyu.members.queries import among
from qunyu.reports.charts import PALETTE, Chart
from qunyu.reports.show import number

TITLE = Words("退群分析", "Leaving")
INTRO = Words("谁在什么时候走的，走之前发生了什么，说了什么？", "Who left when, after what, and what did they say?")
TIMES = Words("退群人次", "Leaves")


@dataclass(frozen=True)
class Fact:
    """One thing worth knowing: what it is, the number as it is written, and what it says."""

    title: Words
    text: str
    note: Words


@dataclass(frozen=True)
class Quote:
    """Somebody’s last words with who and where; `link` leads to the person."""

    name: str
    link: str
    community: str
    words: PartingWords
    reason: Words


def show_leaving(request: Ask) -> HttpResponse:
    """The page, or the part below its controls."""
    return show_analysis(request, "_leaving", TITLE, INTRO, leaving_of)


def leaving_of(request: Ask, asked: Narrowing, span: Span) -> dict[str, Any] | None:
    """What the part shows of the days of `span`."""
    found = leaving(lake(), request.scope, span.first, span.last, span.communities)
    if found is None:
        return None
    explained = Explanation(_SENTENCES, "N1 · N8", found.total, found.as_of)
    if found.why:
        return {"why": INPUTS[found.why], "explained": explained}
    return {
        "facts": _facts(found),
        "charts": _charts(found) if found.total else [],
        "reasons": [(EVERY[key].title, count) for key, count in found.reasons.items() if count],
        "quotes": _quotes(request, span) if request.scope.within("members.view").may("members.view") else None,
        "people": people_of(request.scope, asked)(metrics()["leaves"], span.period)
        if span.period and found.total
        else "",
        "explained": explained,
    }


def _facts(found: Leaving) -> list[Fact]:
    by_themselves = found.total - found.removed
    unsaid = found.reasons.get("unsaid", 0)
    stated = sum(found.reasons[each.key] for each in REASONS if each.key != "goodbye")
    facts = [
        Fact(TIMES, _times(found.total), Words("普通成员退群或被移出", "ordinary members left or were removed")),
        Fact(
            Words("被移出", "Removed"), _part(found.removed, found.total), Words("由别人移出群", "put out by somebody")
        ),
        Fact(
            Words("新人流失", "Newcomers among them"),
            _part(found.newcomers, found.total),
            Words(
                f"进群 {NEW_DAYS} 天内走的；其中 {found.newcomers_silent} 次没说过话，{found.newcomers_unheard} 次说了话却一天没人接",
                f"gone within {NEW_DAYS} days; of these {found.newcomers_silent} had said nothing, {found.newcomers_unheard} spoke and nobody answered within a day",
            ),
        ),
        Fact(
            Words("说出原因", "Gave a reason"),
            _part(stated, by_themselves),
            Words(f"自己走的人里；{unsaid} 次什么也没说", f"of those who went by themselves; {unsaid} said nothing"),
        ),
    ]
    if found.advertising is not None and found.usual is not None:
        note = Words(
            f"退群当天和前一天，同群平时为 {found.usual * 100:.1f} %（n = {found.compared}）",
            f"on the day and the day before; usually {found.usual * 100:.1f} % there (n = {found.compared})",
        )
        facts.append(Fact(Words("走之前的广告占比", "Advertising before"), f"{found.advertising * 100:.1f} %", note))
    return facts


def _times(count: int) -> str:
    return str(Words(f"{number(count)} 次", number(count)))


def _part(count: int, whole: int) -> str:
    return f"{_times(count)} · {count / whole * 100:.1f} %" if whole else _times(count)


def _charts(found: Leaving) -> list[Chart]:
    days = [(day.isoformat(), count) for day, count in found.days]
    hours = hour_chart(found.hours)
    return [
        _bars(
            "leaving-tenure", Words("来了多久走的？", "How long had they been there?"), _named(TENURES, found.tenures)
        ),
        _bars(
            "leaving-silence",
            Words("走之前沉默多久？", "How long had they been silent?"),
            _named(SILENCES, found.silences),
        ),
        _line("leaving-days", Words("哪些天走得多？", "On which days do many leave?"), days),
        Chart(
            "leaving-hours",
            Words("一周里什么时候走？（人次）", "When in the week do they leave? (times)"),
            _renamed(hours),
            hours.note,
        ),
    ]


def _named(names: Mapping[str, Words], counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(str(title), counts[key]) for key, title in names.items()]


def _frame(labels: list[str], series: dict[str, Any]) -> dict[str, Any]:
    return {
        "color": list(PALETTE),
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": [{"type": "value", "minInterval": 1}],
        "series": [{"name": str(TIMES), **series}],
    }


def _bars(key: str, title: Words, rows: list[tuple[str, int]]) -> Chart:
    option = _frame([], {"type": "bar", "data": [count for _, count in rows], "barMaxWidth": 28})
    # Names as long as these stand beside bars that lie.
    option["xAxis"] = {"type": "value", "minInterval": 1}
    option["yAxis"] = {"type": "category", "inverse": True, "data": [name for name, _ in rows]}
    return Chart(key, title, option)


def _line(key: str, title: Words, rows: list[tuple[str, int]]) -> Chart:
    series = {"type": "line", "data": [count for _, count in rows], "showSymbol": len(rows) < 40}
    return Chart(key, title, _frame([name for name, _ in rows], series))


def _renamed(hours: Chart) -> dict[str, Any]:
    return hours.option | {"series": [{**each, "name": str(TIMES)} for each in hours.option["series"]]}


def _quotes(request: Ask, span: Span) -> list[Quote]:
    found = parting_words(lake(), request.scope, span.first, span.last, span.communities)
    people = {each.pk: each for each in among(request.scope, {each.member for each in found})}
    places = communities_where(request.scope, "members.view").in_bulk({each.community for each in found})
    return [
        Quote(
            people[each.member].name,
            reverse("console:member", args=[people[each.member].public_id]),
            places[each.community].name,
            each,
            EVERY[each.reason].title,
        )
        for each in found
        if each.member in people and each.community in places
    ]


_SENTENCES = (
    Words(
        "普通成员的退群与被移出，按次计；同一天内聊天记录与名单都提到的只算一次。来了多久，从最近一次入群的当天算第 1 天。",
        "Leavings and removals of ordinary members, counted as times; what a chat and a list both tell of one day "
        "counts once. How long they were there is counted from the latest coming, that day being day 1.",
    ),
    Words(
        "广告占比取同群退群当天与前一天的推销消息 ÷ 消息，再对各次取平均，与同群整段时间的占比对比；这是先后，不一定是因果。",
        "The share of advertising is messages that sell ÷ messages in the community on the day of leaving and the day before, averaged over "
        "the leavings, beside the community’s share over all the days: one follows the other, which need not be the cause.",
    ),
    Words(
        "原因按退群前一天内最后三条文字里的用词识别，只算自己走的人；多数人什么也不说。识别的类别："
        + "、".join(each.title.zh for each in REASONS)
        + "。",
        "Reasons are told from words in the last three texts of the day before leaving, of those who went by themselves; most say nothing. They are: "
        + "; ".join(each.title.en for each in REASONS)
        + ".",
    ),
)
