"""Imports, their problems, and the formats that can be imported."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from ninja import Field, Schema
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Ref, Text, ref_of
from qunyu.events.reading import Yields
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from qunyu.events.models import Import
    from qunyu.people.models import Unit

State = Literal["waiting", "reading", "saving", "done", "failed", "undoing", "undone"]


class ImportQuery(Schema):
    """Which imports are asked for, the newest first."""

    state: Literal["", "waiting", "reading", "saving", "done", "failed", "undoing", "undone"] = ""
    limit: Limit = 50
    cursor: Cursor = ""


class PageQuery(Schema):
    """Which page is asked for."""

    limit: Limit = 50
    cursor: Cursor = ""


def _object(given: Any) -> Any:
    """A form sends an object as its JSON.

    Raises PydanticCustomError json_invalid.
    """
    try:
        return json.loads(given) if isinstance(given, str) and given else given or {}
    except ValueError:
        raise PydanticCustomError("json_invalid", "is not valid JSON") from None


class ImportOptions(Schema):
    """How to read the files; everything may be left out."""

    unit: Text = Field("", description="the unit to import into; the topmost you may import into when left out")
    title: Text = Field("", description="what to call the import; the first file's name when left out")
    source_zone: Text = Field("", description="the zone of times that carry none, such as Asia/Shanghai")
    columns: Annotated[dict[Text, Text], BeforeValidator(_object)] = Field(
        default={}, description='JSON: our column names to those of the table, such as {"time": "sent_at"}'
    )
    community: Text = Field("", description="the name of the group, where the export does not tell it")
    platform: Text = Field("", description="where the people of a table of your own are")
    format: Text = Field("", description="a key of /formats; recognised when left out")
    include: list[Text] = Field(default=[], description="only files whose names match one of these patterns")
    currency: Text = Field("CNY", description="of orders and costs that tell none (ISO 4217)")
    strict: bool = Field(False, description="import nothing if there is any problem")


class ImportFailure(Schema):
    """Why an import came to nothing."""

    code: str
    message: str


class ImportOut(Schema):
    """An import. `progress` counts while it runs (and what an undo removed), `summary` what came out: counts by name."""

    id: str
    title: str
    state: State
    unit: Ref
    files: list[str]
    asked_by: str
    created_at: datetime
    finished_at: datetime | None
    progress: dict[str, Any]
    summary: dict[str, dict[str, int]]
    error: ImportFailure | None


class ProblemOut(Schema):
    """A line that could not be read; `line` is 0 where it concerns the file as a whole."""

    code: str
    file: str
    line: int
    message: str


class FormatOut(Schema):
    """An export format that can be imported, and what it yields."""

    key: str
    platform: str
    title: str
    yields: Yields


def import_out(row: Import, unit: Unit) -> ImportOut:
    """The import as the API shows it: names of files, never where they lie."""
    paths = [path for part in row.request.get("parts", ()) for path in part["paths"]]
    error = Words(row.error["zh"], row.error["en"]) if row.error else None
    return ImportOut(
        id=row.public_id,
        title=row.title,
        state=cast(State, row.state),
        unit=ref_of(unit),
        files=[PurePath(path).name for path in paths],
        asked_by=row.asked_by,
        created_at=row.created_at,
        finished_at=row.finished_at,
        progress=row.progress,
        summary=row.summary,
        error=ImportFailure(code=row.error["code"], message=str(error)) if error else None,
    )
