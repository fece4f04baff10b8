"""Who saw whom: looks at people's pages, lists and searches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Chip, Column, Endless, Filter, Listing, chips, without
from qunyu.console.pages.audit import DAYS
from qunyu.console.templatetags.showing import ago
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.privacy.looking import Wanted, looks, names
from qunyu.privacy.viewing import TITLES
from qunyu.reports.names import named

VIA = {"console": Words("控制台", "Console"), "api": Words("API", "API")}
SOMEBODY = Words("（不在您的范围内）", "(outside your scope)")
# What is called alike is one choice.
PAGES = [(key, words) for key, words in TITLES.items() if key == next(k for k, w in TITLES.items() if w == words)]
SEARCHED = Words("搜索", "searched")


class _Names:
    """What people are called, asked once for the rows about to be shown."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.found = scope, dict[str, str]()

    def dress(self, rows: Sequence[Any]) -> None:
        self.found = names(self.scope, [row.person for row in rows])

    def about(self, row: Any) -> str:
        """The person; where it was a search that, for what nobody can read."""
        if row.person:
            return self.found.get(row.person, str(SOMEBODY))
        return str(SEARCHED) if row.searched else "–"

    def link(self, row: Any) -> str:
        return reverse("console:member", args=[row.person]) if row.person in self.found else ""


def columns(people: _Names) -> tuple[Column[Any], ...]:
    """The columns."""
    return (
        Column[Any]("at", Words("时间", "When"), lambda row: ago(row.at), lambda row: row.at, "at", fixed=True),
        Column[Any]("actor_name", Words("操作人", "Who"), lambda row: row.actor_name, sort="actor_name"),
        Column[Any]("page", Words("看了什么", "What was looked at"), lambda row: named(TITLES, row.page), sort="page"),
        Column[Any]("person", Words("对象", "Whom"), people.about),
        Column[Any](
            "shown", Words("条数", "Found"), lambda row: "–" if row.shown is None else f"{row.shown:,}",
            lambda row: row.shown, "shown", number=True,
        ),
        Column[Any]("via", Words("方式", "By"), lambda row: named(VIA, row.via), optional=True),
    )  # fmt: skip


def show_views(request: Ask) -> HttpResponseBase:
    """The list."""
    given = request.GET
    via = Filter("via", Words("方式", "By"), list(VIA.items()), given.get("via", ""))
    pages = Filter("page_kind", Words("看了什么", "What was looked at"), PAGES, given.get("page_kind", ""))
    days = Filter("days", Words("期间", "Days"), DAYS, given.get("days", ""))
    search, person = given.get("q", "").strip(), given.get("person", "").strip()
    period = int(days.chosen) if days.chosen in dict(DAYS) else None
    rows = looks(request.scope, Wanted(person, via.chosen, pages.chosen, search, period), timezone.now())
    people = _Names(request.scope)
    shown = chips(given, [via, pages, days])
    if person:
        name = names(request.scope, [person]).get(person, str(SOMEBODY))
        shown.append(Chip(Words("对象", "Whom"), name, without(given, person=person)))
    listing = Listing[Any](columns(people), given, "-at", people.link, chips=shown, dress=people.dress)
    rows = listing.ordered(rows)
    file = listing.export(rows, "who-saw")
    if file is not None:
        return file
    context = {
        "listing": listing.put(Endless(rows)), "filters": [via, pages, days], "search": search,
        "kept": [("person", person)] if person else [],
    }  # fmt: skip
    return answer(request, "audit_views", context, part="_list")
