"""Labels: how the people of the communities in scope divide by each label, and by community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.narrowing import Narrowing
from qunyu.console.pages.members import known_labels
from qunyu.console.templatetags.showing import whole
from qunyu.insights.label import Label, Value
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.labels import last_run, mix, mix_by_community


@dataclass(frozen=True)
class Part:
    """One value's people: how many, their `share` of all (in %), and `address`, the list of them."""

    value: Value
    count: int
    share: float
    address: str


@dataclass(frozen=True)
class Division:
    """How people divide by one label."""

    label: Label
    people: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Row:
    """One community and how its people divide."""

    name: str
    public_id: str
    people: int
    counts: Mapping[str, int]


def divisions(scope: Scope, ids: frozenset[int] | None, narrowed: Mapping[str, str]) -> list[Division]:
    """How who is in the communities `ids` now divides by each label; the lists behind are `narrowed` by the same parameters."""
    found = mix(scope, ids)
    return [_division(label, found[label.key], narrowed) for label in known_labels(scope)]


def _division(label: Label, counts: Mapping[str, int], narrowed: Mapping[str, str]) -> Division:
    people = sum(counts.values())
    parts = [
        Part(value, counts[value.code], 100 * counts[value.code] / (people or 1), _address(label, value, narrowed))
        for value in label.values
    ]
    return Division(label, people, tuple(parts))


def _address(label: Label, value: Value, narrowed: Mapping[str, str]) -> str:
    query = {**narrowed, "place": "present", label.key: value.code}
    return f"{reverse('console:members')}?{urlencode(query)}"


def show_labels(request: Ask) -> HttpResponseBase:
    """The page, its part, or the table by community as a file."""
    request.scope.require("members.view")
    asked = Narrowing.of(request.GET, request.scope)
    ids, run = asked.question().communities, last_run()
    shown = [] if run is None else divisions(request.scope, ids, asked.only)
    chosen = next(
        (each for each in shown if each.label.key == request.GET.get("label", "")), shown[0] if shown else None
    )
    context: dict[str, Any] = {
        "asked": asked,
        "filters": asked.filters(),
        "run": run,
        "ours": [each for each in shown if not each.label.reference],
        "others": [each for each in shown if each.label.reference],
        "may_edit": request.scope.may("settings.edit"),
    }
    if chosen is not None and chosen.people:
        listing, rows = _by_community(request, chosen.label, ids)
        file = listing.export(rows, f"labels-{chosen.label.key}")
        if file is not None:
            return file
        labels = [(each.label.key, each.label.title) for each in shown]
        which = Filter("label", Words("按哪个标签", "By which label"), labels, chosen.label.key, chosen.label.title)
        context |= {"listing": listing.put(rows), "which": which, "chosen": chosen.label}
    return answer(request, "labels", context, part="_labels")


def _by_community(request: Ask, label: Label, ids: frozenset[int] | None) -> tuple[Listing[Row], list[Row]]:
    found = mix_by_community(request.scope, label.key, ids)
    names = communities(request.scope).filter(id__in=found).values_list("id", "name", "public_id")
    rows = [Row(name, public_id, sum(found[id].values()), found[id]) for id, name, public_id in names]
    columns = (
        Column[Row]("name", Words("社群", "Community"), lambda row: row.name, sort="name", fixed=True),
        Column[Row]("people", Words("在群人数", "There now"), lambda row: whole(row.people), lambda row: row.people,
                    "people", number=True),
        *(Column[Row](value.code, value.title, partial(_shown, value.code), partial(_plain, value.code), number=True)
          for value in label.values),
    )  # fmt: skip
    listing = Listing[Row](columns, request.GET, "-people", _link, chips=chips(request.GET, []))
    return listing, listing.arranged(rows)


def _shown(code: str, row: Row) -> str:
    count = row.counts.get(code, 0)
    return f"{whole(count)} ({100 * count / row.people:.0f} %)"


def _plain(code: str, row: Row) -> int:
    return row.counts.get(code, 0)


def _link(row: Row) -> str:
    return f"{reverse('console:community_people', args=[row.public_id])}?place=present"
