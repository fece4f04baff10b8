"""The audit trail: who did what to which object, when."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import ago
from qunyu.kernel.words import Words
from qunyu.reports.audit_names import AuditNames
from qunyu.reports.names import ACTIONS, ACTORS, named
from qunyu.reports.trail import Wanted, audit_entries

DAYS = [(str(n), Words("最近 {n} 天", "Last {n} days").fill(n=n)) for n in (7, 30, 90)]


def columns(names: AuditNames) -> tuple[Column[Any], ...]:
    """The columns, what entries are about being called by `names`."""
    return (
        Column[Any]("at", Words("时间", "When"), lambda row: ago(row.at), lambda row: row.at, "at", fixed=True),
        Column[Any]("actor_name", Words("操作人", "Who"), lambda row: named(ACTORS, row.actor_name), sort="actor_name"),
        Column[Any]("action", Words("操作", "What"), lambda row: named(ACTIONS, row.action), sort="action"),
        Column[Any]("object", Words("对象", "Object"), names.about),
        Column[Any]("data", Words("详情", "Details"), lambda row: names.details(row) or "–", names.details),
        Column[Any](
            "reason", Words("原因", "Reason"), lambda row: row.reason or "–", lambda row: row.reason, optional=True
        ),
    )


def show_audit(request: Ask) -> HttpResponseBase:
    """The list."""
    actions = Filter("action", Words("操作", "What"), list(ACTIONS.items()), request.GET.get("action", ""))
    days = Filter("days", Words("期间", "Days"), DAYS, request.GET.get("days", ""))
    search, names, filters = request.GET.get("q", "").strip(), AuditNames(request.scope), [actions, days]
    listing = Listing[Any](columns(names), request.GET, "-at", chips=chips(request.GET, filters))
    recent = int(days.chosen) if days.chosen in dict(DAYS) else None
    rows = audit_entries(names, Wanted(search, actions.chosen, recent), timezone.now())
    rows = listing.ordered(rows)
    file = listing.export(rows, "audit")
    if file is not None:
        return file
    context = {"listing": listing.put(rows), "filters": filters, "search": search}
    return answer(request, "audit", context, part="_list")
