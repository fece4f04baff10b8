"""Inputs: the fields of a form that is described in Python, with what was typed into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import day_of
from qunyu.kernel.words import Words

NO_NUMBER = Words("请填写整数", "write a whole number")
NO_DECIMAL = Words("“{text}”不是数字；留空则沿用上级", "“{text}” is no number; leave it empty to inherit")
LONGEST_NUMBER = 15


@dataclass(frozen=True)
class Input:
    """One field: of a choice `options` are (value, name), of `lines` each is a value; `half` leaves room for another beside it."""

    name: str
    title: Words
    kind: Literal["text", "number", "date", "lines", "choice", "choices"] = "text"
    help: Words | None = None
    options: Sequence[tuple[str, object]] = ()
    half: bool = False
    required: bool = False
    longest: int = 200


@dataclass(frozen=True)
class Typed:
    """A field with what stands in it; `chosen` are the values ticked of several."""

    field: Input
    value: str
    chosen: frozenset[str]


def filled(form: Form, fields: Sequence[Input]) -> list[Typed]:
    """The fields with what the form holds."""
    return [Typed(each, form.text(each.name), frozenset(several(form, each.name))) for each in fields]


def several(form: Form, name: str) -> list[str]:
    """Every value given for a field."""
    given = form.given
    return list(given.getlist(name)) if hasattr(given, "getlist") else str(given.get(name, "")).split("\n")


def number(form: Form, name: str) -> int | None:
    """The whole number in a field; None when it is empty.

    Raises DomainError bad_number with the `field`.
    """
    text = form.text(name).replace(",", "")
    if not text:
        return None
    if not text.removeprefix("-").isdecimal() or len(text) > LONGEST_NUMBER:
        raise DomainError("bad_number", NO_NUMBER, field=name)
    return int(text)


def decimal(form: Form, name: str) -> float | None:
    """The number in a field, whole or not; None when it is empty, which inherits what holds above.

    Raises DomainError bad_number with the `field`.
    """
    text = form.text(name).replace(",", "")
    try:
        return float(text) if text else None
    except ValueError:
        raise DomainError("bad_number", NO_DECIMAL.fill(text=text), field=name) from None


def numbers(
    form: Form, names: Iterable[str], read: Callable[[Form, str], float | None] = number
) -> dict[str, float | None]:
    """The numbers in these fields; those that are none are refused, which stands in the form."""
    found: dict[str, float | None] = {}
    for name in names:
        try:
            found[name] = read(form, name)
        except DomainError as error:
            form.refuse(error, name)
    return found


def saved_numbers(form: Form, names: Iterable[str], save: Callable[[dict[str, float | None]], bool]) -> bool | None:
    """Has `save` keep the numbers in these fields; what it says, or None where one of them is refused, which stands in the form."""
    changes = numbers(form, names)
    if form.errors:
        return None
    try:
        return save(changes)
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
        return None


def needed(form: Form, name: str) -> int:
    """As `number`, of a field that must be filled in.

    Raises DomainError bad_number with the `field`.
    """
    found = number(form, name)
    if found is None:
        raise DomainError("bad_number", NO_NUMBER, field=name)
    return found


def day(form: Form, name: str) -> date | None:
    """The day in a field; None when it is empty.

    Raises DomainError bad_day with the `field`.
    """
    text = form.text(name)
    try:
        return day_of(text) if text else None
    except DomainError as error:
        raise DomainError(error.code, error.message, field=name) from None
