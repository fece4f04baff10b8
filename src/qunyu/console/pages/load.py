"""Load: what each operator carries beside the limits, communities that nobody runs, and the limits themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from qunyu.communities.duties import DUTY_KINDS
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import decimal, numbers
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import icon, whole
from qunyu.flows.load import Load, Loads, loads
from qunyu.flows.load_limits import LOAD_LIMITS
from qunyu.insights.load import DAYS
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.queries import own_settings, unit_in, units_in
from qunyu.reports.show import UNKNOWN, number

SAVED, SAME = Words("上限已保存", "The limits are saved"), Words("没有改动", "Nothing was changed")
WITHOUT = Words("没有设上限", "no limit set")
FINE = Words("在上限内", "within the limits")
OVER = Words("超出", "over")
CLOSED = Words("已停用", "closed")
AT_MOST = Words("上限 {most}", "at most {most}")
UNOWNED_SHOWN = 8
STATES = (
    ("over", Words("超出上限", "Over a limit")),
    ("within", FINE),
    ("unlimited", WITHOUT),
    ("idle", Words("没有负责的社群", "Carries none")),
)


@dataclass(frozen=True)
class Line:
    """One operator as the list shows them; None is unknown."""

    load: Load
    name: str
    username: str
    communities: int
    members: int | None
    newcomers: int | None
    messages: float | None
    questions: float | None
    over: int


def duties_text(kinds: Mapping[str, int]) -> str:
    """群主 3 · 管理员 1; a dash where there is none."""
    return " · ".join(f"{words} {kinds[code]}" for code, words in DUTY_KINDS.items() if kinds.get(code)) or "–"


def _beside(value: int | None, row: Line, key: str) -> object:
    """The number with the limit that holds."""
    text = str(UNKNOWN) if value is None else number(value)
    most = row.load.limits.get(key)
    return (
        text
        if most is None
        else format_html('{} <span class="text-secondary small">({})</span>', text, AT_MOST.fill(most=number(most)))
    )


def _rate(value: float | None) -> str:
    return str(UNKNOWN) if value is None else number(value, 1)


def state_text(load: Load) -> Words:
    """Whether somebody is within the limits, and by how much they are over."""
    if not load.over:
        return FINE if load.limits else WITHOUT
    carried = {"load.communities": load.communities, "load.members": load.members or 0}
    told = [(carried[key] - load.limits[key], LOAD_LIMITS[key].unit) for key in load.over]
    zh = "，".join(f"{number(more)} {unit.zh}" for more, unit in told)
    return Words(f"超出 {zh}", f"over by {', '.join(f'{more:,} {unit.en}' for more, unit in told)}")


def _state(row: Line) -> object:
    words = state_text(row.load)
    return format_html('<span class="reason">{} {}</span>', icon("alert-triangle"), words) if row.load.over else words


COLUMNS = (
    Column[Line]("name", Words("运营人员", "Operator"), lambda row: row.name if row.load.staff.is_active else f"{row.name} ({CLOSED})", sort="name", fixed=True),
    Column[Line]("username", Words("账号", "Account"), lambda row: row.username, sort="username", optional=True),
    Column[Line]("duties", Words("职责", "Duties"), lambda row: duties_text(row.load.kinds)),
    Column[Line]("communities", Words("负责社群", "Communities"), lambda row: _beside(row.communities, row, "load.communities"),
                 lambda row: row.communities, "communities", number=True),
    Column[Line]("members", Words("在群成员", "Members there"), lambda row: _beside(row.members, row, "load.members"),
                 lambda row: row.members, "members", number=True),
    Column[Line]("newcomers", Words(f"近 {DAYS} 天新人", f"Newcomers, {DAYS} days"),
                 lambda row: UNKNOWN if row.newcomers is None else whole(row.newcomers), lambda row: row.newcomers, "newcomers", number=True),
    Column[Line]("messages", Words("每天消息", "Messages a day"), lambda row: _rate(row.messages), lambda row: row.messages,
                 "messages", number=True),
    Column[Line]("questions", Words("每天提问", "Questions a day"), lambda row: _rate(row.questions), lambda row: row.questions,
                 "questions", number=True),
    Column[Line]("over", Words("与上限相比", "Beside the limits"), _state, lambda row: state_text(row.load), "over"),
)  # fmt: skip


def show_load(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export."""
    return _page(request, Form({}), None)


def change_limits(request: Ask) -> HttpResponseBase:
    """Sets the limits of a unit, or with `preview` shows who would be over."""
    request.scope.require("settings.edit")
    form = Form.of(request)
    unit = unit_in(request.scope, "settings.edit", form.text("unit"))
    changes = numbers(form, LOAD_LIMITS, decimal)
    would: Loads | None = None
    try:
        if not form.errors and "preview" in request.POST:
            as_if = LOAD_LIMITS.as_if(by=request.scope, unit=unit, changes=changes)
            would = loads(request.scope, timezone.now(), as_if)
        elif not form.errors:
            changed = LOAD_LIMITS.change(by=request.scope, unit=unit, changes=changes, now=timezone.now())
            messages.success(request, str(SAVED if changed else SAME))
            return redirect("console:load")
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
    return _page(request, form, would)


def _page(request: Ask, form: Form, would: Loads | None) -> HttpResponseBase:
    found = loads(request.scope, timezone.now())
    filters = _filters(request)
    listing = Listing[Line](COLUMNS, request.GET, "-communities", _link, chips=chips(request.GET, filters))
    below = _below(request)
    rows = listing.arranged([each for each in map(_line, found.rows) if _wanted(request.GET, each, below)])
    file = listing.export(rows, "load")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": request.GET.get("q", "").strip(),
        "nothing_yet": "" if found.rows else Words("还没有运营账号", "There are no operators yet"),
        "above": "console/_unowned.html",
        "unowned": found.unowned if "all" in request.GET else found.unowned[:UNOWNED_SHOWN],
        "unowned_count": len(found.unowned),
        "as_of": found.as_of,
        "form": form,
        "units": (units := _units(request, form)),
        "limited": [each for each in units if each["own"]],
        "would": [(each.staff, state_text(each)) for each in would.rows if each.over] if would else None,
        "limits": LOAD_LIMITS.values(),
    }
    return answer(request, "load", context, part="_list", status=400 if form.errors else 200)


def _line(each: Load) -> Line:
    return Line(
        each, each.staff.name, each.staff.username, each.communities, each.members, each.newcomers, each.messages, each.questions, len(each.over)
    )  # fmt: skip


def _link(row: Line) -> str:
    return reverse("console:operator", args=[row.load.staff.public_id])


def _filters(request: Ask) -> list[Filter]:
    given = request.GET
    units = [
        (unit.public_id, f"{'　' * (unit.path.count('/') - 2)}{unit.name}")
        for unit in units_in(request.scope, "effort.view")
    ]
    found = (
        Filter("unit", Words("组织单位", "Unit"), units, given.get("unit", "")),
        Filter("kind", Words("职责", "Duty"), list(DUTY_KINDS.items()), given.get("kind", "")),
        Filter("state", Words("负荷", "Load"), STATES, given.get("state", "")),
    )
    return [each for each in found if len(each.options) > 1 or each.chosen]


def _wanted(given: QueryDict, row: Line, below: frozenset[int] | None) -> bool:
    load = row.load
    text = given.get("q", "").strip().casefold()
    state = "over" if load.over else "idle" if not load.communities else "within" if load.limits else "unlimited"
    return (
        (not text or text in row.name.casefold() or text in row.username.casefold())
        and (not given.get("kind") or bool(load.kinds.get(given.get("kind", ""))))
        and given.get("state", "") in ("", state)
        and (below is None or bool(load.units & below))
    )


def _below(request: Ask) -> frozenset[int] | None:
    """The unit asked for and every unit below it, of those in sight; None when none is asked for."""
    public_id = request.GET.get("unit", "")
    units = units_in(request.scope, "effort.view") if public_id else []
    path = next((each.path for each in units if each.public_id == public_id), None)
    return frozenset(each.pk for each in units if path and each.path.startswith(path)) if public_id else None


def _units(request: Ask, form: Form) -> list[dict[str, Any]]:
    """The units whose limits may be set, and what each has set for itself."""
    own = own_settings()
    return [
        {
            "unit": unit,
            "indent": "　" * (unit.path.count("/") - 2),
            "chosen": form.text("unit") == unit.public_id,
            "own": [
                (limit.title, number(value), limit.unit)
                for key, limit in LOAD_LIMITS.items()
                if (value := own.get(unit.pk, {}).get(key)) is not None
            ],
        }
        for unit in units_in(request.scope, "settings.edit")
    ]
