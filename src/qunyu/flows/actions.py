"""What a person asks of the flows: an import, a look before it, its undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.events import actions as events
from qunyu.events.files import File
from qunyu.events.intake import Intake, is_archive
from qunyu.events.problems import Problem
from qunyu.events.reading import Read, readers, recognise
from qunyu.events.staging import refusal, why_unread
from qunyu.flows.place import place
from qunyu.flows.request import ImportRequest, Part, checked, yields_of
from qunyu.jobs.port import enqueue, load
from qunyu.kernel.scope import Scope

if TYPE_CHECKING:
    from qunyu.events.models import Import

PREVIEW_ROWS = 20
PREVIEW_FILES = 50


def ask_import(*, by: Scope, unit_id: int, title: str, request: ImportRequest, now: datetime) -> Import:
    """An import that a worker will do; watch its state.

    Raises Denied, and what `flows.request.checked` raises.
    """
    load()
    wanted = checked(request).as_json()
    with transaction.atomic():
        opened = events.open_import(by=by, unit_id=unit_id, title=title, request=wanted, now=now)
        enqueue("flows.import", key=f"import-{opened.pk}", import_id=opened.pk)
    return opened


def ask_undo(*, by: Scope, owner: Import, now: datetime) -> None:
    """Lets a worker remove what an import brought; it shows until then.

    Raises Denied; DomainError cannot_undo.
    """
    load()
    with transaction.atomic():
        events.begin_undo(by=by, owner=owner, now=now)
        enqueue("flows.undo", key=f"undo-{owner.pk}-{now.timestamp()}", import_id=owner.pk)


@dataclass(frozen=True)
class FilePreview:
    """How one file would be read: its format's key ("" when none recognises it), its first rows and problems."""

    name: str
    size: int
    format: str
    yields: str
    rows: tuple[Read, ...]
    problems: tuple[Problem, ...]


def preview(request: ImportRequest, now: datetime) -> list[FilePreview]:
    """How the first files of `request` would be read at `now`; nothing is kept.

    Raises what `flows.request.checked` raises.
    """
    with TemporaryDirectory() as work:
        found: list[FilePreview] = []
        for number, part in enumerate(checked(request).parts):
            intake = Intake(Path(work) / str(number), request.include)
            for file in intake.open(Path(path) for path in part.paths)[:PREVIEW_FILES]:
                found.append(_look(file, request, part.yields, now))
        return found


def _look(file: File, request: ImportRequest, yields: str, now: datetime) -> FilePreview:
    options = request.options(place().zone)
    known = yields_of(Part((), yields))
    reader = readers()[request.format] if request.format and not yields else recognise(file, options, known)
    if reader is None or is_archive(file):
        return FilePreview(file.name, file.size, "", "", (), (Problem(why_unread(file), file.name),))
    read = islice(reader.read(file, options), PREVIEW_ROWS)
    told = [refusal(row, file.name, options.source_zone, now) or row for row in read]
    rows = tuple(row for row in told if not isinstance(row, Problem))
    problems = tuple(row for row in told if isinstance(row, Problem))
    return FilePreview(file.name, file.size, reader.key, reader.yields, rows, problems)
