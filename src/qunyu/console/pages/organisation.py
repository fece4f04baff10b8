"""The organisation: the tree of units, and one unit with what lies in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.communities.queries import communities_where, count_by_unit
from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people import actions
from qunyu.people.queries import grants_at, level_names, levels, root_unit, unit_in, units_below, units_in

if TYPE_CHECKING:
    from qunyu.people.models import Unit

SAVED = Words("已保存", "Saved")
ADDED = Words("已添加", "Added")
MOVED = Words("已移动", "Moved")
REMOVED = Words("已删除“{name}”", "Removed “{name}”")
HEADER = (Words("组织单位", "Unit"), Words("层级", "Level"), Words("社群", "Communities"), Words("授权", "Grants"))
LEVEL = Words("顶层以下第 {n} 层", "Level {n} below the top")
TOP = Words("顶层", "The top")
EFFECT = Words(
    "“{name}”将连同其下 {n} 个单位一起移动。新位置上级的角色从此可以看到它，仅在原位置上级的角色不再看到。它继承的标准也随之改变，成员将在夜间重新分层。",
    "“{name}” moves with the {n} units below it. Who holds a role above its new place sees it from then on; who held one only above "
    "the old place does not. Thresholds that it inherits change too, and its members are labelled anew at night.",
)
# Communities named on a unit's page; the list has all.
SHOWN = 10


@dataclass(frozen=True)
class Row:
    """A unit as the tree shows it: the names from the top down, its level's name, and how much lies right in it."""

    unit: Unit
    path: str
    level: str
    communities: int
    grants: int

    @property
    def depth(self) -> int:
        """Steps below the top that the page indents; further down everything stands below one another."""
        return min(self.unit.depth, 6)


def rows_of(request: Ask) -> list[Row]:
    """The units `request` manages, parents before children."""
    units = units_in(request.scope, "staff.manage")
    names = {unit.pk: unit.name for unit in units}
    called, counts = level_names(), count_by_unit(request.scope)
    granted: dict[int, int] = {}
    for grant in grants_at([unit.pk for unit in units]):
        granted[grant.unit_id] = granted.get(grant.unit_id, 0) + 1
    return [
        Row(
            unit,
            " / ".join(names[int(each)] for each in unit.path.strip("/").split("/") if int(each) in names),
            called.get(unit.depth, ""),
            counts.get(unit.pk, 0),
            granted.get(unit.pk, 0),
        )
        for unit in units
    ]


def show_organisation(request: Ask) -> HttpResponseBase:
    """The tree, narrowed to the units searched for, or as a file."""
    request.scope.require("staff.manage")
    return _tree(request, Form({}), "")


def _tree(request: Ask, form: Form, open_form: str) -> HttpResponseBase:
    rows, search = rows_of(request), request.GET.get("q", "").strip()
    found = [each for each in rows if search.casefold() in each.unit.name.casefold()]
    if (kind := request.GET.get("export", "")) in ("csv", "xlsx"):
        lines = ((each.path, each.level, each.communities, each.grants) for each in found)
        return exported(kind, "organisation", [str(each) for each in HEADER], lines)
    whole = request.scope.may("staff.manage", root_unit().pk)
    context = {
        "rows": found,
        "search": search,
        "units": [(row.unit, row.depth, "　" * row.depth) for row in rows],
        "levels": [(depth, name, LEVEL.fill(n=depth) if depth else TOP) for depth, name in levels()] if whole else [],
        "form": form,
        "open_form": open_form,
    }
    return answer(request, "organisation", context, status=400 if form.errors else 200)


def add_unit(request: Ask) -> HttpResponseBase:
    """Adds a unit below another."""
    request.scope.require("staff.manage")
    form = Form.of(request)
    if form.required("name", "parent"):
        try:
            parent = unit_in(request.scope, "staff.manage", form.text("parent"))
            actions.add_unit(by=request.scope, parent=parent, name=form.text("name"), now=timezone.now())
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "parent")))
    if form.errors:
        return _tree(request, form, "unit")
    messages.success(request, str(ADDED))
    return redirect("console:organisation")


def name_levels(request: Ask) -> HttpResponseBase:
    """Gives the levels names of one's own."""
    request.scope.require("staff.manage", root_unit().pk)
    form = Form.of(request)
    try:
        actions.name_levels(by=request.scope, names=request.POST.getlist("level"), now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return _tree(request, form, "levels")
    messages.success(request, str(SAVED))
    return redirect("console:organisation")


def show_unit(request: Ask, public_id: str) -> HttpResponse:
    """One unit: what lies in it, who is granted a role right there, and what can be done with it."""
    return _unit(request, unit_in(request.scope, "staff.manage", public_id), Form({}), "")


def _unit(request: Ask, unit: Unit, form: Form, open_form: str) -> HttpResponse:
    rows = rows_of(request)
    row = next(each for each in rows if each.unit == unit)
    here = communities_where(request.scope, "communities.view").filter(unit=unit).order_by("name", "id")
    below = units_below(unit)
    context = {
        "row": row,
        "unit": unit,
        "children": [each for each in rows if each.unit.parent_id == unit.pk],
        "communities": list(here[:SHOWN]),
        "grants": grants_at([unit.pk]),
        "goals": [(each.unit, each.depth, "　" * each.depth) for each in rows if each.unit.pk not in below],
        "effect": EFFECT.fill(name=unit.name, n=len(below) - 1),
        "movable": unit.parent_id is not None and request.scope.may("staff.manage", unit.parent_id),
        "form": form,
        "open_form": open_form,
    }
    return answer(request, "unit", context, status=400 if form.errors else 200)


def rename_unit(request: Ask, public_id: str) -> HttpResponse:
    """Calls the unit something else."""
    unit = unit_in(request.scope, "staff.manage", public_id)
    form = Form.of(request)
    if form.required("name"):
        _try(form, lambda: actions.rename_unit(by=request.scope, unit=unit, name=form.text("name"), now=timezone.now()))
    return _done(request, unit, form, "rename", SAVED)


def move_unit(request: Ask, public_id: str) -> HttpResponse:
    """Puts the unit below another."""
    unit = unit_in(request.scope, "staff.manage", public_id)
    form = Form.of(request)
    if form.required("parent"):

        def move() -> None:
            parent = unit_in(request.scope, "staff.manage", form.text("parent"))
            actions.move_unit(by=request.scope, unit=unit, parent=parent, now=timezone.now())

        _try(form, move)
    return _done(request, unit, form, "move", MOVED)


def remove_unit(request: Ask, public_id: str) -> HttpResponse:
    """Removes a unit in which nothing lies any more."""
    unit = unit_in(request.scope, "staff.manage", public_id)
    name = unit.name
    form = Form({})
    _try(form, lambda: actions.remove_unit(by=request.scope, unit=unit, now=timezone.now()))
    if form.errors:
        return _unit(request, unit_in(request.scope, "staff.manage", public_id), form, "")
    messages.success(request, str(REMOVED.fill(name=name)))
    return redirect("console:organisation")


def _try(form: Form, act: Callable[[], None]) -> None:
    try:
        act()
    except DomainError as error:
        form.refuse(error, "parent" if error.code == "unknown_unit" else str(error.data.get("field", "")))


def _done(request: Ask, unit: Unit, form: Form, open_form: str, words: Words) -> HttpResponse:
    if form.errors:
        unit.refresh_from_db()
        return _unit(request, unit, form, open_form)
    messages.success(request, str(words))
    return redirect("console:unit", unit.public_id)
