"""Imports: the list, one import's progress and result, and its undo."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import ago, whole
from qunyu.events.problems import PROBLEMS, Problem
from qunyu.events.queries import find_import, imports, problems_of
from qunyu.events.reading import readers
from qunyu.flows.actions import ask_undo
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words, language
from qunyu.people.queries import units_in
from qunyu.reports.names import ACTORS, COUNTS, IMPORT_ICONS, IMPORT_STATES, named

if TYPE_CHECKING:
    from qunyu.events.models import Import

RUNNING = frozenset(("waiting", "reading", "saving", "undoing"))
UNDOABLE = frozenset(("waiting", "reading", "saving", "done", "failed", "undoing"))
PROBLEM_PAGE = 50
_PLACEHOLDER = re.compile(r"\{\w+\}")
# What is not there yet is called off; what is there is undone.
CALLED_OFF = frozenset(("waiting", "reading", "saving"))
ORDERS_CHANGED = Words("状态有变化的订单", "Orders whose state changed")
FOR_EXAMPLE = Words("例如：{message}", "such as: {message}")
UNDOING = Words(
    "已开始撤销；完成前，这次导入的内容仍会显示", "The undo has begun; what the import brought shows until it is done"
)


def records_of(owner: Import) -> int | None:
    """How many facts the import added; None before it is done."""
    facts = owner.summary.get("facts")
    return None if facts is None else sum(count for kind, count in facts.items() if kind != "already")


def problem_count(owner: Import) -> int | None:
    """How many lines it could not read; None before it is done."""
    problems = owner.summary.get("problems")
    return None if problems is None else sum(problems.values())


COLUMNS = (
    Column[Any]("title", Words("导入", "Import"), lambda row: row.title, sort="title", fixed=True),
    Column[Any]("state", Words("状态", "State"), lambda row: named(IMPORT_STATES, row.state), sort="state"),
    Column[Any]("unit", Words("组织单位", "Unit"), lambda row: row.unit_name),
    Column[Any]("records", Words("新增记录", "New records"), lambda row: whole(records_of(row)), records_of,
                number=True),
    Column[Any]("problems", Words("问题", "Problems"), lambda row: whole(problem_count(row)), problem_count,
                number=True),
    Column[Any]("asked_by", Words("操作人", "By"), lambda row: named(ACTORS, row.asked_by), sort="asked_by"),
    Column[Any]("created_at", Words("开始时间", "Asked"), lambda row: ago(row.created_at), lambda row: row.created_at,
                "created_at", number=True),
)  # fmt: skip


def show_imports(request: Ask) -> HttpResponseBase:
    """The list."""
    request.scope.require("imports.view")
    states = Filter("state", Words("状态", "State"), list(IMPORT_STATES.items()), request.GET.get("state", ""))
    search = request.GET.get("q", "").strip()
    listing = Listing[Any](COLUMNS, request.GET, "-created_at", _link, chips=chips(request.GET, [states]))
    rows = imports(request.scope)
    if search:
        rows = rows.filter(title__icontains=search)
    if states.chosen:
        rows = rows.filter(state=states.chosen)
    names = {unit.pk: unit.name for unit in units_in(request.scope, "imports.view")}
    found = list(listing.ordered(rows))
    for row in found:
        row.unit_name = names.get(row.unit_id, "–")
    file = listing.export(found, "imports")
    if file is not None:
        return file
    context = {
        "listing": listing.put(found),
        "filters": [states],
        "search": search,
        "none_at_all": not found and not listing.chips,
        "may_run": request.scope.may("imports.run"),
    }
    return answer(request, "imports", context, part="_list")


def _link(row: Any) -> str:
    return reverse("console:import", args=[row.public_id])


def show_import(request: Ask, public_id: str) -> HttpResponse:
    """One import; its part is what is asked for again while it runs."""
    request.scope.require("imports.view")
    owner = find_import(request.scope, public_id)
    context = {"owner": owner, **_state(request, owner), **_result(request, owner)}
    return answer(request, "import", context, part="_import_state")


def _state(request: Ask, owner: Import) -> dict[str, Any]:
    removed = owner.progress.get("removed", {}) if owner.state == "undone" else {}
    steps = {} if owner.state == "undone" else owner.progress
    units = {unit.pk: unit.name for unit in units_in(request.scope, "imports.view")}
    return {
        "state": named(IMPORT_STATES, owner.state),
        "icon": IMPORT_ICONS.get(owner.state, "point"),
        "running": owner.state in RUNNING,
        "steps": [(named(COUNTS, step), whole(done)) for step, done in steps.items()],
        "removed": [(named(COUNTS, name), whole(count)) for name, count in removed.items()],
        "error": owner.error.get(language(), ""),
        "may_undo": owner.state in UNDOABLE and request.scope.may("imports.run", owner.unit_id),
        "called_off": owner.state in CALLED_OFF,
        "asked_by": named(ACTORS, owner.asked_by),
        "unit": units.get(owner.unit_id, "–"),
    }


def _result(request: Ask, owner: Import) -> dict[str, Any]:
    facts = owner.summary.get("facts", {})
    known = readers()
    formats = owner.summary.get("formats", {})
    problems = owner.summary.get("problems", {})
    kept = list(problems_of(owner))
    counted = [(named(COUNTS, kind), whole(count)) for kind, count in facts.items()]
    if changed := owner.summary.get("changed", {}).get("orders", 0):
        counted.append((ORDERS_CHANGED, whole(changed)))
    return {
        "facts": counted,
        "formats": [(known[key].title if key in known else key, count) for key, count in formats.items()],
        "problem_kinds": _kinds(problems, kept),
        "problems": Paginator(kept, PROBLEM_PAGE).get_page(request.GET.get("page", "1")),
        "problem_total": sum(problems.values()),
    }


def _kinds(counts: dict[str, int], kept: Iterable[Problem]) -> list[tuple[str, int]]:
    """Each kind of problem as one sentence, and how often it came; nothing where the list below says no less."""
    said: dict[str, dict[str, None]] = {}
    for problem in kept:
        said.setdefault(problem.code, {})[str(problem.message)] = None
    if all(count == 1 for count in counts.values()):
        return []
    return [(_sentence(code, list(said.get(code, ()))), n) for code, n in sorted(counts.items(), key=lambda at: -at[1])]


def _sentence(code: str, said: list[str]) -> str:
    """What all problems of one kind say, or the first of them as an example; without its values when none was kept."""
    if not said:
        return _PLACEHOLDER.sub("…", str(PROBLEMS[code])) if code in PROBLEMS else code
    return said[0] if len(said) == 1 else str(FOR_EXAMPLE.fill(message=said[0]))


def undo_import(request: Ask, public_id: str) -> HttpResponse:
    """What an undo would do, and after a yes the undo itself."""
    request.scope.require("imports.view")
    owner = find_import(request.scope, public_id)
    request.scope.require("imports.run", owner.unit_id)
    refused = ""
    if request.method == "POST":
        try:
            ask_undo(by=request.scope, owner=owner, now=timezone.now())
        except DomainError as error:
            refused = str(error.message)
        else:
            messages.success(request, str(UNDOING))
            return redirect("console:import", public_id)
    facts = owner.summary.get("facts", {})
    context = {
        "owner": owner,
        "refused": refused,
        "records": records_of(owner),
        # What was there already belongs to another import, which keeps it.
        "facts": [(named(COUNTS, kind), whole(count)) for kind, count in facts.items() if count and kind != "already"],
        "may_undo": owner.state in UNDOABLE,
        "called_off": owner.state in CALLED_OFF,
    }
    return answer(request, "import_undo", context, status=400 if refused else 200)
