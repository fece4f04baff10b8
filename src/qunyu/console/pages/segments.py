"""Segments: the list, each with its size, how that has changed, and ready ones to begin from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import ago, whole
from qunyu.kernel.words import Words
from qunyu.reports.cards import spark_path
from qunyu.segments.conditions import Speaker
from qunyu.segments.queries import Sized, seen_whole, segments, sizes
from qunyu.segments.starting import starts

if TYPE_CHECKING:
    from qunyu.segments.models import Segment

AWAY = Words("已归档", "Put away")
UNCOUNTED = Words("未统计", "Not counted yet")


@dataclass(frozen=True)
class Row:
    """A segment as the list shows it; `sized` is None where nothing was counted, or where its size is not for the reader."""

    segment: Segment
    sized: Sized | None

    @property
    def name(self) -> str:
        return self.segment.name

    @property
    def unit(self) -> str:
        return self.segment.unit.name

    @property
    def size(self) -> int | None:
        return self.sized.size if self.sized else None

    @property
    def week(self) -> int | None:
        return self.sized.week if self.sized else None

    @property
    def month(self) -> int | None:
        return self.sized.month if self.sized else None

    @property
    def changed_at(self) -> object:
        return self.segment.changed_at


def change(value: int | None) -> str:
    """A change with its sign; a dash where it is unknown."""
    return "–" if value is None else f"{value:+,}"


def _line(row: Row) -> object:
    path = spark_path([size for _, size in row.sized.line]) if row.sized else ""
    return format_html(_SPARK, path) if path else "–"


_SPARK = (
    '<svg class="spark in-row" viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true"><path d="{}"/></svg>'
)


def _size(row: Row) -> str:
    if row.sized is None:
        return str(UNCOUNTED)
    return f"{row.sized.size:,} / {row.sized.people:,} · {row.sized.day:%m-%d}"


COLUMNS = (
    Column[Any]("name", Words("人群", "Segment"), lambda row: row.name, sort="name", fixed=True),
    Column[Any]("unit", Words("单位", "Unit"), lambda row: row.unit, sort="unit"),
    Column[Any]("size", Words("人数 / 全部", "Size / of all"), _size, lambda row: row.size, "size", number=True),
    Column[Any]("line", Words("走势", "Course"), _line, lambda row: ""),
    Column[Any]("week", Words("7 天变化", "7 days"), lambda row: change(row.week), lambda row: row.week, "week", number=True),
    Column[Any]("month", Words("28 天变化", "28 days"), lambda row: change(row.month), lambda row: row.month, "month", number=True),
    Column[Any]("changed_at", Words("修改时间", "Changed"), lambda row: ago(row.segment.changed_at), lambda row: row.segment.changed_at,
                "changed_at", number=True),
    Column[Any]("note", Words("说明", "Note"), lambda row: row.segment.note or "–", lambda row: row.segment.note, optional=True),
    Column[Any]("made_by", Words("创建人", "Made by"), lambda row: row.segment.made_by, optional=True),
    Column[Any]("segment_id", Words("人群编号", "Segment id"), lambda row: row.segment.public_id, optional=True),
)  # fmt: skip


def rows_of(request: Ask, found: list[Segment]) -> list[Row]:
    """The segments with their sizes, where the reader may know them."""
    counted = sizes(seen_whole(request.scope, found))
    return [Row(each, counted.get(each.pk)) for each in found]


def show_segments(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export."""
    request.scope.require("members.view")
    state = Filter(
        "state", Words("状态", "State"), [("away", AWAY)], request.GET.get("state", ""), Words("使用中", "In use")
    )
    search = request.GET.get("q", "").strip()
    found = segments(request.scope, archived=state.chosen == "away")
    if search:
        found = found.filter(name__icontains=search)
    listing = Listing[Row](COLUMNS, request.GET, "name", link, chips=chips(request.GET, [state]))
    rows = listing.arranged(rows_of(request, list(found)))
    file = listing.export(rows, "segments")
    if file is not None:
        return file
    context = {"listing": listing.put(rows), "filters": [state], "search": search, "whole": whole(len(rows))}
    if not rows and not listing.chips:
        context |= {"nothing_yet": NOTHING, "starts": starts(Speaker(request.scope))}
    context["may_make"] = request.scope.may("members.edit")
    return answer(request, "segments", context, part="_list")


def link(row: Row) -> str:
    """The segment's page."""
    return reverse("console:segment", args=[row.segment.public_id])


NOTHING = Words(
    "还没有人群：从下面的现成条件开始，或自己新建", "No segments yet: begin with a ready one below, or make your own"
)
