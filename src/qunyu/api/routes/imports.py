"""Imports, their problems, and the formats that can be imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile as Uploaded
from django.http import HttpRequest
from django.utils import timezone
from ninja import Form, Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page, slice_of
from qunyu.api.schemas.imports import (
    FormatOut,
    ImportOptions,
    ImportOut,
    ImportQuery,
    PageQuery,
    ProblemOut,
    import_out,
)
from qunyu.api.uploads import kept, sweep
from qunyu.events.queries import find_import, problems_of
from qunyu.events.queries import imports as visible_imports
from qunyu.events.reading import readers
from qunyu.flows.actions import ask_import, ask_undo
from qunyu.flows.request import ImportRequest, Part
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_by_key, unit_seen, units_in, units_seen

if TYPE_CHECKING:
    from qunyu.events.models import Import
    from qunyu.people.models import Unit

router = Router(tags=["imports"])
Files = list[UploadedFile]


@router.get("/formats", response=list[FormatOut], operation_id="formats", summary="What can be imported")
def formats(request: HttpRequest) -> list[FormatOut]:
    """The export formats there is a reader for."""
    return [
        FormatOut(key=each.key, platform=each.platform, title=str(each.title), yields=each.yields)
        for each in readers().values()
    ]


@router.get("/imports", response=Page[ImportOut], operation_id="imports", summary="Imports")
def imports(request: HttpRequest, asked: Query[ImportQuery]) -> Page[ImportOut]:
    """The imports into the units where the caller holds imports.view, newest first."""
    scope = scope_of_request(request)
    scope.require("imports.view")
    found = visible_imports(scope).filter(**({"state": asked.state} if asked.state else {}))
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-created_at", "public_id"))
    units = {unit.pk: unit for unit in units_seen(scope)}
    return Page[ImportOut](items=[import_out(row, units[row.unit_id]) for row in rows], next=following)


@router.get("/imports/{id}", response=ImportOut, operation_id="import", summary="One import")
def one_import(request: HttpRequest, id: str) -> ImportOut:
    """One import: its state, how far it is, and what came out."""
    return _shown(_found(scope_of_request(request), id))


def _found(scope: Scope, id: str) -> Import:
    scope.require("imports.view")
    return find_import(scope, id)


def _shown(row: Import) -> ImportOut:
    return import_out(row, unit_by_key(row.unit_id))


@router.get(
    "/imports/{id}/problems",
    response=Page[ProblemOut],
    operation_id="import_problems",
    summary="What could not be read",
)
def import_problems(request: HttpRequest, id: str, asked: Query[PageQuery]) -> Page[ProblemOut]:
    """The lines that could not be read, in the order of reading: the first thousand; the import's summary counts all."""
    kept_problems = list(problems_of(_found(scope_of_request(request), id)))
    rows, following = slice_of(Turn(request, asked.limit, asked.cursor), kept_problems)
    shown = [ProblemOut(code=each.code, file=each.file, line=each.line, message=str(each.message)) for each in rows]
    return Page[ProblemOut](items=shown, next=following)


@router.post("/imports", response={202: ImportOut}, operation_id="ask_import", summary="Import files")
def post_import(
    request: HttpRequest,
    options: Form[ImportOptions],
    files: Files = File([]),  # noqa: B008
    orders: Files = File([]),  # noqa: B008
    members: Files = File([]),  # noqa: B008
    costs: Files = File([]),  # noqa: B008
) -> Status[ImportOut]:
    """Uploads files and imports them in the background; ask for the import again to see how far it is.

    `files` are recognised by themselves (chats, archives of chats, tables); `orders`, `members` and `costs` are tables of
    that kind. Needs imports.run in the unit.
    """
    scope = scope_of_request(request)
    given = {"files": files, "orders": orders, "members": members, "costs": costs}
    unit = _unit(scope, options.unit)
    if not any(given.values()):
        raise DomainError(
            "no_files", Words("没有文件；请上传至少一个", "there are no files; send one or more"), field="files"
        )
    return Status(202, import_out(_asked(scope, unit, options, given), unit))


def _unit(scope: Scope, public_id: str) -> Unit:
    """Where to import.

    Raises Denied, DomainError unknown_unit.
    """
    if public_id:
        unit = unit_seen(scope, public_id)
        scope.require("imports.run", unit.pk)
        return unit
    able = units_in(scope, "imports.run")
    if not able:
        raise Denied("imports.run")
    return able[0]


def _asked(scope: Scope, unit: Unit, options: ImportOptions, given: dict[str, Files]) -> Import:
    now = timezone.now()
    sweep(now)
    uploads: dict[str, list[Uploaded[bytes]]] = {field: list(each) for field, each in given.items()}
    title = options.title or next(each.name or "" for several in uploads.values() for each in several)
    with kept(uploads) as paths:
        chosen = options.model_dump(exclude={"unit", "title", "include"})
        parts = tuple(Part(several, "" if field == "files" else field) for field, several in paths.items())
        request = ImportRequest(parts=parts, include=tuple(options.include), **chosen)
        return ask_import(by=scope, unit_id=unit.pk, title=title, request=request, now=now)


@router.delete("/imports/{id}", response={202: ImportOut}, operation_id="undo_import", summary="Undo an import")
def undo_import(request: HttpRequest, id: str) -> Status[ImportOut]:
    """Removes what the import brought in the background; it shows until then. Needs imports.run where it went."""
    scope = scope_of_request(request)
    row = _found(scope, id)
    ask_undo(by=scope, owner=row, now=timezone.now())
    return Status(202, _shown(_found(scope, id)))
