"""Imports of profiles from tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Form, Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.basics import ref_of
from qunyu.api.schemas.imports import PageQuery
from qunyu.api.schemas.profile_imports import (
    LineOut,
    PlanOut,
    ProfileImportOptions,
    ProfileImportOut,
    import_out,
    line_out,
)
from qunyu.api.uploads import looked_at
from qunyu.kernel.scope import Scope
from qunyu.members import profile_importing
from qunyu.members.profile_table import plan
from qunyu.people.queries import unit_in

if TYPE_CHECKING:
    from qunyu.members.models import ProfileImport
    from qunyu.members.profile_table import Plan

router = Router(tags=["members"])
SHOWN = 200


@router.post(
    "/profile-imports/check", response=PlanOut, operation_id="check_profiles", summary="What a table would change"
)
def check_profiles(
    request: HttpRequest,
    options: Form[ProfileImportOptions],
    file: UploadedFile = File(...),  # noqa: B008
) -> PlanOut:
    """Reads a table of profiles (CSV or XLSX) and says what it would change and what is wrong, without writing anything."""
    scope = scope_of_request(request)
    found = _planned(scope, options, file)
    lines: list[LineOut] = [line_out(each) for each in (*found.wrong, *found.good)[:SHOWN]]
    return PlanOut(counts=found.counts, lines=lines)


@router.post(
    "/profile-imports", response={202: ProfileImportOut}, operation_id="import_profiles", summary="Import profiles"
)
def import_profiles(
    request: HttpRequest,
    options: Form[ProfileImportOptions],
    file: UploadedFile = File(...),  # noqa: B008
) -> Status[ProfileImportOut]:
    """Imports a table of profiles in the background; refused when lines are wrong, unless `skip`. Needs members.edit in the unit."""
    scope = scope_of_request(request)
    unit = unit_in(scope, "members.edit", options.unit)
    found = _planned(scope, options, file)
    title, now = file.name or "", timezone.now()
    owner = profile_importing.ask(by=scope, unit=unit, title=title, plan=found, skip=options.skip, now=now)
    return Status(202, _out(owner))


def _planned(scope: Scope, options: ProfileImportOptions, file: UploadedFile) -> Plan:
    scope.require("members.view")
    with looked_at(file) as path:
        return plan(scope, path, create=options.create, today=timezone.localdate())


@router.get(
    "/profile-imports", response=Page[ProfileImportOut], operation_id="profile_imports", summary="Imports of profiles"
)
def list_imports(request: HttpRequest, asked: Query[PageQuery]) -> Page[ProfileImportOut]:
    """The imports into units where the caller may edit members, the newest first."""
    scope = scope_of_request(request)
    scope.require("members.edit")
    rows, following = page(Turn(request, asked.limit, asked.cursor), profile_importing.imports(scope), ("-id",))
    return Page[ProfileImportOut](items=[_out(each) for each in rows], next=following)


@router.delete(
    "/profile-imports/{id}",
    response=ProfileImportOut,
    operation_id="undo_profiles",
    summary="Undo an import of profiles",
)
def undo_import(request: HttpRequest, id: str) -> ProfileImportOut:
    """Takes back what an import wrote, and whom it made unless more is known of them by now."""
    scope = scope_of_request(request)
    scope.require("members.edit")
    owner = profile_importing.find_import(scope, id)
    profile_importing.undo(by=scope, owner=owner, now=timezone.now())
    return _out(profile_importing.find_import(scope, id))


def _out(owner: ProfileImport) -> ProfileImportOut:
    return import_out(owner, ref_of(owner.unit))
