"""Lists: what every list page does alike: its columns, order, pages and export, as its address says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import Any, Generic, Protocol, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpResponseBase, QueryDict

from qunyu.console.exports import Cell, exported
from qunyu.kernel.words import Words

Row = TypeVar("Row")
PAGE_SIZES = (25, 50, 100)
# So many rows of a long list are counted unless somebody wants to know, or goes there.
COUNTED = 2_000
# Rows of an export at a time.
CHUNK = 2_000
SEARCH = Words("搜索", "Search")
RISING, FALLING = Words("{name}（升序）", "{name}, ascending"), Words("{name}（降序）", "{name}, descending")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: `show` is what the page says of a row, `plain` what an export says (`show` when None).

    `sort` is the field (or key) rows are ordered by, "" when they cannot be. `optional` columns are hidden until asked for.
    """

    key: str
    title: Words
    show: Callable[[Row], object]
    plain: Callable[[Row], Cell] | None = None
    sort: str = ""
    number: bool = False
    optional: bool = False
    fixed: bool = False
    # Stands in every export, shown or not: without it the file could not be imported again.
    filed: bool = False


@dataclass(frozen=True)
class Head:
    """A column's head: `order` is its aria-sort, `toggled` the value of `sort` that a click asks for."""

    column: Column[Any]
    order: str
    toggled: str


@dataclass(frozen=True)
class Chip:
    """A filter that is on; `address` is the list's without it."""

    label: Words
    value: object
    address: str


@dataclass(frozen=True)
class Filter:
    """A choice in the toolbar: its parameter, what it is called, its options (value, name) and the one chosen, "" for any.

    `default` is what choosing none of them means, "all" unless it is said.
    """

    name: str
    title: Words
    options: Sequence[tuple[str, object]]
    chosen: str = ""
    default: Words | None = None

    @property
    def chosen_words(self) -> tuple[str, str]:
        """What it is called and what is chosen, as a person reads it."""
        name = next((name for value, name in self.options if value == self.chosen), self.chosen)
        return str(self.title), str(name).strip()


def chips(given: QueryDict, filters: Sequence[Filter]) -> list[Chip]:
    """What narrows a list now: the text searched for, and each filter with its option's name."""
    search = given.get("q", "").strip()
    found = [Chip(SEARCH, search, _without(given, "q"))] if search else []
    for each in filters:
        if each.chosen:
            found.append(Chip(each.title, each.chosen_words[1], _without(given, each.name)))
    return found


def _without(given: QueryDict, *names: str) -> str:
    kept = given.copy()
    for name in (*names, "page", "export", "count"):
        kept.pop(name, None)
    return f"?{kept.urlencode()}"


def without(given: QueryDict, **values: str) -> str:
    """The address's parameters without these values of parameters that may stand there several times, "?" before them."""
    kept = given.copy()
    for name, value in values.items():
        kept.setlist(name, [each for each in kept.getlist(name) if each != value])
    return _without(kept)


class Long(Protocol[Row]):
    """Rows that may be too many to be counted for every page: then `counted` of them are."""

    counted: int

    @property
    def quick(self) -> bool:
        """Whether they can be counted every time."""

    def count(self) -> int:
        """How many there are."""

    def at_most(self, limit: int) -> int:
        """How many there are, or `limit` where there are as many or more."""

    def __getitem__(self, place: slice) -> list[Row]: ...


@dataclass(frozen=True)
class Endless(Generic[Row]):
    """Rows of which there may be millions, as pages take them."""

    rows: QuerySet[Any, Row]
    quick = False
    counted = COUNTED

    def count(self) -> int:
        """How many there are."""
        return self.rows.order_by().count()

    def at_most(self, limit: int) -> int:
        """How many there are, or `limit` where there are as many or more."""
        return self.rows.order_by()[:limit].count()

    def __getitem__(self, place: slice) -> list[Row]:
        return list(self.rows[place])


@dataclass(frozen=True)
class Walked(Endless[Row]):
    """As Endless, but a page near the front is found along an index, which a statement that joins and orders everything does not take.

    `parts`, one after the other, tell in the order of `rows` what these have at `path`; each value has at least one row.
    """

    path: str
    parts: Sequence[QuerySet[Any, Any]]

    def __getitem__(self, place: slice) -> list[Row]:
        if place.stop > COUNTED:
            return super().__getitem__(place)
        values = islice(chain.from_iterable(part[: place.stop] for part in self.parts), place.stop)
        return list(self.rows.filter(**{f"{self.path}__in": list(values)})[place])


class Counted(Paginator):  # type: ignore[type-arg]  # it takes none when it runs
    """Pages of rows that are counted up to `limit`; None: all."""

    limit: int | None = None

    @cached_property
    def count(self) -> int:
        """How many rows there are, or the limit."""
        if self.limit is None:
            return super().count
        return min(self.found, self.limit)

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self.limit is not None and self.found > self.limit

    @cached_property
    def found(self) -> int:
        rows: Any = self.object_list
        return int(rows.at_most((self.limit or 0) + 1))


@dataclass
class Listing(Generic[Row]):
    """A list as its address asks for it."""

    columns: Sequence[Column[Row]]
    given: QueryDict
    default: str
    link: Callable[[Row], str] = lambda row: ""
    chips: list[Chip] = field(default_factory=list)
    # Given the rows about to be shown, to put on them what is cheaper to ask for all of them at once.
    dress: Callable[[Sequence[Row]], None] = lambda rows: None
    page: Page[Row] | None = None
    # Whether there are more than were counted.
    more: bool = False
    # What a row's box says when it is ticked; None where rows cannot be.
    pick: Callable[[Row], str] | None = None

    @property
    def sort(self) -> str:
        """The order asked for, "-" before the key for descending; the default where it is none of ours."""
        asked = self.given.get("sort", "")
        known = {column.key for column in self.columns if column.sort}
        return asked if asked.lstrip("-") in known else self.default

    @property
    def query(self) -> str:
        """The address's parameters, without those that name a page or an export, with "?" before them."""
        return _without(self.given)

    @property
    def shown(self) -> list[Column[Row]]:
        """The columns to show, in their order."""
        chosen = set(self.given.getlist("column"))
        return [each for each in self.columns if each.fixed or (each.key in chosen if chosen else not each.optional)]

    @property
    def choices(self) -> list[tuple[Column[Row], bool]]:
        """Every column that may be hidden, and whether it is shown."""
        shown = {each.key for each in self.shown}
        return [(each, each.key in shown) for each in self.columns if not each.fixed]

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns shown."""
        return [self._head(column) for column in self.shown]

    def _head(self, column: Column[Row]) -> Head:
        if not column.sort:
            return Head(column, "", "")
        if self.sort.lstrip("-") != column.key:
            return Head(column, "none", f"-{column.key}" if column.number else column.key)
        falling = self.sort.startswith("-")
        return Head(column, "descending" if falling else "ascending", column.key if falling else f"-{column.key}")

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """Every order there is, for where no heads are shown: the value of `sort`, what it is called, whether it is on."""
        return [
            (value, str(way.fill(name=column.title)), value == self.sort)
            for column in self.columns
            if column.sort
            for value, way in ((column.key, RISING), (f"-{column.key}", FALLING))
        ]

    @property
    def rows(self) -> list[tuple[str, list[tuple[Column[Row], object]]]]:
        """The rows of the page that `put` took: where each leads, and its cells beside their columns."""
        found = self.page.object_list if self.page else ()
        return [(self.link(row), [(each, each.show(row)) for each in self.shown]) for row in found]

    @property
    def ticks(self) -> bool:
        """Whether rows can be ticked."""
        return self.pick is not None

    @property
    def picks(self) -> list[tuple[str, str, list[tuple[Column[Row], object]]]]:
        """The rows as `rows`, each with what its box says before it, "" where rows cannot be ticked."""
        found = self.page.object_list if self.page else ()
        boxes = [self.pick(row) if self.pick else "" for row in found]
        return [(box, *row) for box, row in zip(boxes, self.rows, strict=True)]

    @property
    def size(self) -> int:
        """Rows on a page."""
        asked = self.given.get("size", "")
        return int(asked) if asked in {str(size) for size in PAGE_SIZES} else PAGE_SIZES[0]

    def ordered(self, rows: QuerySet[Any, Any], *ties: str) -> QuerySet[Any, Any]:
        """The rows in the order asked for; what is unknown comes last, and `ties` (the primary key, where none are named) settle ties."""
        column = next(each for each in self.columns if each.key == self.sort.lstrip("-"))
        place = F(column.sort)
        settling = ties or ("pk",)
        if self.sort.startswith("-"):
            return rows.order_by(place.desc(nulls_last=True), *(f"-{each}" for each in settling))
        return rows.order_by(place.asc(nulls_last=True), *settling)

    def arranged(self, rows: list[Row]) -> list[Row]:
        """As `ordered`, for rows in memory: `sort` then names an attribute. Equal ones stay in the order in which they come."""
        column = next(each for each in self.columns if each.key == self.sort.lstrip("-"))
        known = [row for row in rows if getattr(row, column.sort) is not None]
        unknown = [row for row in rows if getattr(row, column.sort) is None]
        known.sort(key=lambda row: getattr(row, column.sort), reverse=self.sort.startswith("-"))
        return known + unknown

    def put(self, rows: QuerySet[Any, Any] | list[Row] | Long[Row]) -> Listing[Row]:
        """Takes the page asked for out of all rows; a page that is not there gives the nearest."""
        asked = self.given.get("page", "1")
        found: Any = rows
        counted = getattr(rows, "counted", COUNTED)
        beyond = asked.isdecimal() and int(asked) * self.size >= counted
        exact = beyond or self.given.get("count") == "all" or getattr(rows, "quick", True)
        paginator = Counted(found, self.size)
        paginator.limit = None if exact else counted
        self.page = paginator.get_page(asked)
        self.more = paginator.more
        self.page.object_list = list(self.page.object_list)
        self.dress(self.page.object_list)
        return self

    def export(self, rows: QuerySet[Any, Any] | Iterable[Row], name: str) -> HttpResponseBase | None:
        """Every row as the file that the address asks for; None when it asks for none."""
        kind = self.given.get("export", "")
        if kind not in ("csv", "xlsx"):
            return None
        listed = self.shown
        shown = [each for each in self.columns if each in listed or each.filed]
        lines = ([(each.plain or each.show)(row) for each in shown] for row in self._dressed(rows))
        return exported(kind, name, [str(each.title) for each in shown], lines)

    def _dressed(self, rows: QuerySet[Any, Any] | Iterable[Row]) -> Iterator[Row]:
        iterator = rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else iter(rows)
        while chunk := list(islice(iterator, CHUNK)):
            self.dress(chunk)
            yield from chunk
