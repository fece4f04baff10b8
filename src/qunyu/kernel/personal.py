"""Personal data: what every package keeps of people, so that one place can show it, give it out and erase it.

A package that keeps anything of people has a personal.py with HOLDERS, a tuple of `Holder`; nothing else is to be registered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

from django.apps import apps
from django.db.models import Model

from qunyu.kernel.words import Words

# What stands in the place of an erased person's name, wherever that stood.
ERASED = "已删除的成员"
# Shorter ones would be found in everybody's words.
SHORTEST_TERM = 2
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_SHORT = re.compile(f"{_HAN}{{1,2}}")
_PLAIN = re.compile(r"[A-Za-z0-9_]")


@dataclass(frozen=True)
class Person:
    """Somebody: the primary keys of their `identities` and of the members made with these (`own`).

    `terms` are what names them: names, platform ids, phone numbers, order numbers. `kept` are the keys of the holders that are to
    be left as they are.
    """

    identities: frozenset[int]
    own: frozenset[int]
    terms: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        known = sorted({each for each in self.terms if len(each) >= SHORTEST_TERM}, key=len, reverse=True)
        return re.compile("|".join(map(_bounded, known)), re.IGNORECASE) if known else None

    def without(self, text: str) -> str:
        """The text with ERASED in the place of whatever names this person, in capitals or not."""
        return self._pattern.sub(ERASED, text) if self._pattern else text

    def without_json(self, value: Any) -> Any:
        """A JSON value, every text in it treated so; its keys stay."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, list):
            return [self.without_json(each) for each in value]
        return {key: self.without_json(each) for key, each in value.items()} if isinstance(value, dict) else value


def _bounded(term: str) -> str:
    """Letters and digits name somebody only as a word of their own: Tom is not in tomorrow.

    So do one or two Chinese characters, save after "@": 小红 is not in 小红书.
    """
    if _SHORT.fullmatch(term):
        return f"(?<=@){term}|(?<!{_HAN}){term}(?!{_HAN})"
    before = r"(?<![A-Za-z0-9_])" if _PLAIN.match(term[0]) else ""
    after = r"(?![A-Za-z0-9_])" if _PLAIN.match(term[-1]) else ""
    return before + re.escape(term) + after


def _nothing(person: Person) -> Mapping[str, int]:
    return {}


def _no_texts(person: Person) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class Overview:
    """Of how many people something is kept, in how many rows, and since when; None where that is not known."""

    people: int | None
    rows: int
    oldest: datetime | None = None


@dataclass(frozen=True)
class Holder:
    """One thing a package keeps of people: `title`, `what` it is and `why` it is kept, and the `models` (labels) that hold it.

    `count` says how many rows tell of a person, `export` gives them as plain JSON-able data, `erase` removes them or what names the
    person in them and may be asked again; it gives counts that only it knows. `terms` are what names the person in here, `stops`
    what an import must not bring back. One that works `outside` the database is not called inside a transaction. `keepable` is the
    ground in law for leaving it as it is, for whoever decides that; None where there is none. `stays` says why what no period (`Kind`)
    covers is kept until the person is erased or somebody deletes it, or when it goes by itself; None where a period covers all of it.
    """

    key: str
    title: Words
    what: Words
    why: Words
    models: tuple[str, ...]
    count: Callable[[Person], int]
    export: Callable[[Person], object]
    erase: Callable[[Person], Mapping[str, int]] = _nothing
    terms: Callable[[Person], Collection[str]] = _no_texts
    stops: Callable[[Person], Collection[str]] = _no_texts
    overview: Callable[[], Overview] | None = None
    outside: bool = False
    keepable: Words | None = None
    stays: Words | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of data that can be given a period: `rows` counts what is older than a moment, `remove` lets it go and counts that.

    `least_days` is the shortest period there may be; `models` (labels) the tables of which everything goes once it is old enough.
    """

    key: str
    title: Words
    help: Words
    count: Callable[[datetime], int]
    remove: Callable[[datetime], int]
    least_days: int = field(default=1)
    models: tuple[str, ...] = ()


def holders() -> Mapping[str, Holder]:
    """Every holder of the installed packages by key, those of the upper packages first: what they keep hangs on what is below."""
    return _declared()[0]


def kinds() -> Mapping[str, Kind]:
    """Every kind of data that can be given a period, by key."""
    return _declared()[1]


@cache
def _declared() -> tuple[dict[str, Holder], dict[str, Kind]]:
    found: dict[str, Holder] = {}
    timed: dict[str, Kind] = {}
    for config in reversed(list(apps.get_app_configs())):
        if config.name.startswith("qunyu.") and find_spec(f"{config.name}.personal") is not None:
            module = import_module(f"{config.name}.personal")
            found |= {each.key: each for each in getattr(module, "HOLDERS", ())}
            timed |= {each.key: each for each in getattr(module, "KINDS", ())}
    return found, timed


def naming(model: type[Model], fields: Iterable[str], person: Person, **where: Any) -> dict[Any, dict[str, Any]]:
    """Of the rows of a table (of those that `where` picks) whose texts or JSON values name the person: primary key -> the fields without that."""
    names, found = list(fields), {}
    for row in model._default_manager.filter(**where).only(*names).iterator(chunk_size=2000):
        clean = {name: _fitting(model, name, person.without_json(getattr(row, name))) for name in names}
        if any(clean[name] != getattr(row, name) for name in names):
            found[row.pk] = clean
    return found


def _fitting(model: type[Model], name: str, value: Any) -> Any:
    """No longer than its column takes: what stands for a name may be longer than the name."""
    longest = getattr(model._meta.get_field(name), "max_length", None)
    return value[:longest] if isinstance(value, str) else value


def scrub_names(model: type[Model], person: Person, within: str, folded: Callable[[str], str] | None = None) -> int:
    """As `scrub` for a `name` that is there once in each `within`: a taken one gets a number; `folded` says how names are compared, if by a column."""
    longest = getattr(model._meta.get_field("name"), "max_length", 0)
    found = naming(model, ("name",), person)
    for row in model._default_manager.filter(pk__in=found):
        others = model._default_manager.filter(**{within: getattr(row, within)}).exclude(pk=row.pk)
        for number in count(1):
            tail = f" {number}" if number > 1 else ""
            name = found[row.pk]["name"][: longest - len(tail)] + tail
            compared = {"folded": folded(name)} if folded else {"name": name}
            if not others.filter(**compared).exists():
                break
        model._default_manager.filter(pk=row.pk).update(**{**compared, "name": name})
    return len(found)


def scrub(model: type[Model], fields: Iterable[str], person: Person, **where: Any) -> int:
    """Takes what names the person out of the texts and JSON values of a table's rows (of those that `where` picks); how many that changed."""
    found = naming(model, fields, person, **where)
    for key, clean in found.items():
        model._default_manager.filter(pk=key).update(**clean)
    return len(found)


def plain(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table as JSON-able data: times as ISO 8601, everything strange as text."""
    found: list[dict[str, Any]] = json.loads(json.dumps([dict(row) for row in rows], default=_text))
    return found


def _text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
