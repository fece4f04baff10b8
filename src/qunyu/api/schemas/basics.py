"""Shapes that several nouns share."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from ninja import Field, Schema
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from qunyu.kernel.periods import Period

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.people.models import Unit


def without_zero_bytes(text: str) -> str:
    """PostgreSQL refuses a NUL in any text.

    Raises PydanticCustomError zero_byte.
    """
    if "\0" in text:
        raise PydanticCustomError("zero_byte", "holds a character that cannot be used")
    return text


Text = Annotated[str, Field(max_length=255), AfterValidator(without_zero_bytes)]

LongText = Annotated[str, Field(max_length=4000), AfterValidator(without_zero_bytes)]

# Beyond these a day has no neighbours, or no moment in another zone.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(9998, 12, 31))]


class Ref(Schema):
    """Something by its public id, with its name."""

    id: str
    name: str


class Money(Schema):
    """An amount: `minor` is in minor units of `currency` (ISO 4217; 1235 CNY is 12.35 yuan)."""

    minor: int
    currency: str


class PeriodOut(Schema):
    """Days `first` to `last`, both included; `label` is 2026-03-01, 2026-W09, 2026-03 or first..last."""

    label: str
    first: date
    last: date


def period_out(period: Period) -> PeriodOut:
    """The period as the API shows it."""
    return PeriodOut(label=period.label, first=period.first, last=period.last)


def ref_of(thing: Community | Unit) -> Ref:
    """A community or unit by its public id."""
    return Ref(id=thing.public_id, name=thing.name)
