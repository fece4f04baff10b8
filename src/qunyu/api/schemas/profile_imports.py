"""Imports of profiles, and what a table would change."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ninja import Field, Schema

from qunyu.api.schemas.basics import Ref, Text
from qunyu.members.profile_table import shown

if TYPE_CHECKING:
    from qunyu.members.models import ProfileImport
    from qunyu.members.profile_table import Line


class ProfileImportOptions(Schema):
    """How a table is imported."""

    unit: Text = Field("", description="public id of the unit that new people belong to")
    create: bool = Field(False, description="whether people who are not known yet are added")
    skip: bool = Field(False, description="whether wrong lines are left out")


class ValueOut(Schema):
    """A value that a line would write; sensitive ones are masked."""

    field: str
    before: str
    after: str


class LineOut(Schema):
    """What one line of a table would do."""

    line: int
    who: str
    new: bool
    changes: list[ValueOut]
    problems: list[str]


class PlanOut(Schema):
    """What a table would do: counts of all lines, and the first 200 that are wrong or change something."""

    counts: dict[str, int]
    lines: list[LineOut]


class ProfileImportOut(Schema):
    """An import of profiles; `counts` as its check said."""

    id: str
    title: str
    unit: Ref
    state: str
    counts: dict[str, int]
    by: str
    created_at: datetime
    finished_at: datetime | None


def line_out(line: Line) -> LineOut:
    """The line as the API shows it."""
    changes = [
        ValueOut(field=field.key, before=str(shown(field, before)), after=str(shown(field, after)))
        for field, before, after in line.changes
    ]
    return LineOut(
        line=line.number, who=line.who, new=line.new, changes=changes, problems=[str(each) for each in line.problems]
    )


def import_out(owner: ProfileImport, unit: Ref) -> ProfileImportOut:
    """The import as the API shows it."""
    return ProfileImportOut(
        id=owner.public_id,
        title=owner.title,
        unit=unit,
        state=owner.state,
        counts=owner.summary,
        by=owner.by_name,
        created_at=owner.created_at,
        finished_at=owner.finished_at,
    )
