"""Showing: times, numbers and words in templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words, language
from qunyu.reports.charts import Chart
from qunyu.reports.show import number

if TYPE_CHECKING:
    from qunyu.console.lists import Column

register = template.Library()

_STEPS = (
    (60, 1, Words("刚刚", "just now")),
    (3_600, 60, Words("{n} 分钟前", "{n} min ago")),
    (86_400, 3_600, Words("{n} 小时前", "{n} h ago")),
    (30 * 86_400, 86_400, Words("{n} 天前", "{n} d ago")),
)


@register.filter
def ago(at: datetime | None) -> SafeString:
    """How long ago, with the exact time as title; a date once it is more than a month; a dash for None."""
    if at is None:
        return format_html("{}", "–")
    seconds = (timezone.now() - at).total_seconds()
    exact_time = exact(at)
    if 0 <= seconds < _STEPS[-1][0]:
        step = next(each for each in _STEPS if seconds < each[0])
        text = str(step[2].fill(n=int(seconds // step[1])))
    else:
        text = day(timezone.localtime(at).date())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact_time, text)


@register.filter
def exact(at: datetime | None) -> str:
    """2026-03-01 09:30 in the deployment's zone; a dash for None."""
    return "–" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


@register.filter
def day(on: date | None) -> str:
    """2026年3月1日 or 1 Mar 2026; a dash for None."""
    if on is None:
        return "–"
    if language() == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {on:%b %Y}"


@register.filter
def whole(value: float | None) -> str:
    """A count as people read it; a dash for None."""
    return "–" if value is None else number(value)


@register.filter
def less(value: int, other: int) -> str:
    """A count without some of what was counted."""
    return number(value - other)


@register.filter
def percent(value: float) -> str:
    """A share as per cent: 12.3 %."""
    return f"{value * 100:.1f} %"


@register.filter
def size(count: int) -> str:
    """Bytes as KB, MB or GB."""
    for unit, places in (("B", 0), ("KB", 0), ("MB", 1)):
        if count < 1024:
            return f"{count:,.{places}f} {unit}"
        count = count / 1024  # type: ignore[assignment]
    return f"{count:,.1f} GB"


@register.filter
def may(scope: Scope, permission: str) -> bool:
    """Whether the permission holds anywhere."""
    return scope.may(permission)


@register.simple_tag(takes_context=True)
def error_of(context: dict[str, Any], name: str) -> SafeString:
    """What is wrong with the form's field, to stand right below it; nothing when it is fine."""
    text = context["form"].errors.get(name, "")
    return format_html('<div class="invalid-feedback" id="error-{}">{}</div>', name, text) if text else SafeString("")


@register.simple_tag(takes_context=True)
def marks(context: dict[str, Any], name: str) -> SafeString:
    """The attributes that lead a screen reader from the form's field to its error."""
    wrong = name in context["form"].errors
    return format_html('aria-invalid="true" aria-describedby="error-{}"', name) if wrong else SafeString("")


@register.filter
def item(values: Mapping[str, Any], key: str) -> Any:
    """What `values` holds under `key`; nothing where it holds nothing."""
    return values.get(key, "")


@register.filter
def option_of(chart: Chart) -> SafeString:
    """The chart's option as JSON for `charts.js`, in an element that no browser runs."""
    return json_script(chart.option, f"option-{chart.key}")


@register.simple_tag
def show_cell(column: Column[Any], row: Any) -> object:
    """What the page says of a row in that column."""
    return column.show(row)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign beside a word; screen readers pass over it."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)
