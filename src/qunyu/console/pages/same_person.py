"""Same person?: pairs that may be one person, or are taken for one by mistake; decided one by one or in bulk, and undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import ago
from qunyu.flows.suggesting import ask_suggestions
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words, language
from qunyu.members.merging import decide, find_act, take_back
from qunyu.members.suggesting import pairs_of, reason, suggestions
from qunyu.reports.names import platform

KINDS: dict[str, Words] = {
    "name": Words("可能是同一人", "May be one person"),
    "joined": Words("可能合并错了", "Perhaps joined by mistake"),
}
STATES: dict[str, Words] = {
    "later": Words("稍后再看", "Later"),
    "same": Words("已认定为同一人", "Decided: the same"),
    "different": Words("已认定为不同的人", "Decided: different people"),
    "all": Words("全部", "All"),
}
VERDICTS = ("same", "different", "later")
OPEN = Words("待判断", "Open")
ASKED = Words("正在重新查找，稍后刷新页面", "Looking again; come back in a minute")
NONE_CHOSEN = Words("请先勾选", "tick some first")
DECIDED = Words("已判断 {n} 组", "{n} decided")
TAKEN_BACK = Words("已撤回 {n} 组", "{n} taken back")
# More acts than this make no address.
UNDOABLE = 60


def _who(each: Any) -> str:
    where = each.community.name if each.community else platform(each.platform)
    return f"{each.name} · {where}"


def _why(row: Any) -> str:
    told = [str(reason(code, figure)) for code, _, figure in row.reasons]
    return ("；" if language() == "zh" else "; ").join(told)


COLUMNS = (
    Column[Any]("one", Words("身份一", "One"), lambda row: _who(row.one), sort="one__name", fixed=True),
    Column[Any]("other", Words("身份二", "Other"), lambda row: _who(row.other), sort="other__name", fixed=True),
    Column[Any]("score", Words("可能性", "Chance"), lambda row: f"{row.score} %", lambda row: row.score, "score", number=True),
    Column[Any]("why", Words("依据", "Why"), _why),
    Column[Any]("kind", Words("问题", "Question"), lambda row: KINDS[row.kind], sort="kind"),
    Column[Any]("at", Words("查找时间", "Found"), lambda row: ago(row.at), lambda row: row.at, "at", optional=True),
)  # fmt: skip


def show_same_person(request: Ask) -> HttpResponseBase:
    """The queue, its part, or its export."""
    request.scope.require("members.view")
    given = request.GET
    filters = [
        Filter("state", Words("状态", "State"), list(STATES.items()), given.get("state", ""), OPEN),
        Filter("kind", Words("问题", "Question"), list(KINDS.items()), given.get("kind", "")),
    ]
    search = given.get("q", "").strip()
    state = given.get("state", "")
    kind = given.get("kind", "") if given.get("kind") in KINDS else ""
    found = suggestions(request.scope, state=state if state in STATES else "open", text=search, kind=kind)
    listing = Listing[Any](COLUMNS, given, "-score", chips=chips(given, filters))
    rows = listing.ordered(found)
    file = listing.export(rows, "same-person")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": search,
        "may_edit": request.scope.may("members.edit"),
        "acts": given.get("done", ""),
        "undoable": len([each for each in given.get("done", "").split(",") if each]),
    }
    return answer(request, "same_person", context, part="_same_person")


def decide_pairs(request: Ask) -> HttpResponse:
    """Decides of the pairs that were ticked, or takes their decisions back; leads back to the list with an undo."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    keys = [int(each) for each in request.POST.getlist("pair") if each.isdecimal()]
    wish, back = request.POST.get("do", ""), request.POST.get("back", "")
    address = reverse("console:same_person") + (back if len(back) > 1 and back.startswith("?") else "")
    pairs = pairs_of(request.scope, keys)
    if not pairs:
        messages.error(request, str(NONE_CHOSEN))
        return redirect(address)
    try:
        if wish not in VERDICTS:
            return _taken_back(request, keys, address)
        made = decide(by=request.scope, pairs=pairs, verdict=wish, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect(address)
    messages.success(request, str(DECIDED.fill(n=len(pairs))))
    acts = list(dict.fromkeys(each.act for each in made))
    if len(acts) > UNDOABLE:
        return redirect(address)
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode({'done': ','.join(acts)})}")


def _taken_back(request: Ask, keys: list[int], address: str) -> HttpResponse:
    held = suggestions(request.scope, state="all").filter(pk__in=keys).exclude(act=None).values_list("act", flat=True)
    return _undone(request, set(held), address)


def _undone(request: Ask, acts: set[str], address: str) -> HttpResponse:
    decisions = [each for act in sorted(acts) for each in find_act(request.scope, act)]
    take_back(by=request.scope, decisions=decisions, now=timezone.now())
    messages.success(request, str(TAKEN_BACK.fill(n=len(acts))))
    return redirect(address)


def undo_decisions(request: Ask) -> HttpResponse:
    """Takes back what was decided at once."""
    acts = {each for each in request.POST.get("acts", "").split(",")[:UNDOABLE] if each}
    return _undone(request, acts, reverse("console:same_person"))


def look_again(request: Ask) -> HttpResponse:
    """Has the questions found anew."""
    ask_suggestions(by=request.scope, now=timezone.now())
    messages.info(request, str(ASKED))
    return redirect("console:same_person")
