"""Imports of tags from tables; undone as any act of tagging."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Form, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.tags import TagActOut, TagImportOptions, TagLineOut, TagPlanOut, act_out, tag_line_out
from qunyu.api.uploads import looked_at
from qunyu.kernel.scope import Scope
from qunyu.members import tag_importing
from qunyu.members.tag_table import TagPlan, plan_tags
from qunyu.people.queries import unit_in

router = Router(tags=["tags"])
SHOWN = 200


@router.post(
    "/tag-imports/check", response=TagPlanOut, operation_id="check_tags", summary="What a table of tags would do"
)
def check_tags(
    request: HttpRequest,
    file: UploadedFile = File(...),  # noqa: B008
) -> TagPlanOut:
    """Reads a table of tags (CSV or XLSX) and says what it would put on whom and what is wrong, without writing anything."""
    found = _planned(scope_of_request(request), file)
    lines: list[TagLineOut] = [tag_line_out(each) for each in (*found.wrong, *found.good)[:SHOWN]]
    return TagPlanOut(counts=found.counts, lines=lines)


@router.post("/tag-imports", response={201: TagActOut}, operation_id="import_tags", summary="Import tags")
def import_tags(
    request: HttpRequest,
    options: Form[TagImportOptions],
    file: UploadedFile = File(...),  # noqa: B008
) -> Status[TagActOut]:
    """Imports a table of tags, in the background where they are many; refused when lines are wrong, unless `skip`. Needs members.edit in the unit."""
    scope = scope_of_request(request)
    unit = unit_in(scope, "members.edit", options.unit)
    found, title, now = _planned(scope, file), file.name or "", timezone.now()
    act = tag_importing.ask(by=scope, unit=unit, title=title, plan=found, skip=options.skip, now=now)
    return Status(201, act_out(act))


def _planned(scope: Scope, file: UploadedFile) -> TagPlan:
    scope.require("members.view")
    with looked_at(file) as path:
        return plan_tags(scope, path)
