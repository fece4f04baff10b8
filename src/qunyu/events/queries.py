"""Reads of imports and of the lake as it is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from qunyu.events.lake.store import SCHEMAS, Lake
from qunyu.events.models import Import, ImportProblem, PublishedTable
from qunyu.events.problems import Problem
from qunyu.kernel.errors import DomainError
from qunyu.kernel.once import once
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words


def imports(scope: Scope) -> QuerySet[Import]:
    """The imports into units where imports may be seen, newest first."""
    everything = Import.objects.all()
    return everything if scope.everything else everything.filter(unit_id__in=scope.units("imports.view"))


def import_by_key(key: int) -> Import:
    """The import with that primary key, for the jobs that work on it.

    Raises Import.DoesNotExist.
    """
    return Import.objects.get(pk=key)


def find_import(scope: Scope, public_id: str) -> Import:
    """The import with that public id.

    Raises DomainError unknown_import when there is none that `scope` may see.
    """
    found = imports(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的导入", "there is no import with the id “{id}”")
        raise DomainError("unknown_import", message.fill(id=public_id), id=public_id)
    return found


def problems_of(owner: Import) -> Iterator[Problem]:
    """The kept problems of an import in the order of reading."""
    for row in ImportProblem.objects.filter(owner=owner).iterator():
        yield Problem(row.code, row.file, row.line, row.data)


def shown(path: str) -> Q:
    """The rows whose supplier, the import at `path`, has finished; while it is being undone they show until that is done."""
    undoing = {f"{path}__state": Import.State.UNDOING, f"{path}__finished_at__isnull": False}
    return Q(**{path: None}) | Q(**{f"{path}__state": Import.State.DONE}) | Q(**undoing)


@once
def anything_hidden() -> bool:
    """Whether some import is under way, so that what it alone brought does not show."""
    unfinished = (Import.State.READING, Import.State.SAVING, Import.State.UNDOING)
    return Import.objects.filter(state__in=unfinished, finished_at=None).exists()


def given_files(*, ended_before: datetime) -> list[dict[str, Any]]:
    """What the imports that ended before that moment were asked, for whoever removes the files they were given."""
    ended = (Import.State.DONE, Import.State.FAILED, Import.State.UNDONE)
    found = Import.objects.filter(state__in=ended, finished_at__lt=ended_before)
    return list(found.values_list("request", flat=True))


def wanted_files() -> list[dict[str, Any]]:
    """What the imports were asked that have not ended: they are still to read, or to read again, what they were given."""
    ended = (Import.State.DONE, Import.State.FAILED, Import.State.UNDONE)
    return list(Import.objects.exclude(state__in=ended).values_list("request", flat=True))


def unsettled_imports() -> list[Import]:
    """The imports in the middle of saving or undoing: for whoever holds the lake's pen, those that a crash left or that wait for it."""
    return list(Import.objects.filter(state__in=(Import.State.SAVING, Import.State.UNDOING)).order_by("id"))


def published_lake(folder: Path) -> Lake:
    """The lake in `folder` as readers see it: without what an import has written but not finished."""
    found = dict(PublishedTable.objects.values_list("name", "version"))
    return Lake(folder, {name: found.get(name, -1) for name in SCHEMAS} if found else None)
