"""Tables of ratings, praise and complaints: checked, noted, and taken back."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.profiles import Done
from qunyu.api.schemas.satisfaction import OpinionPlanOut, OpinionsNoted, telling_out
from qunyu.api.uploads import looked_at
from qunyu.flows.opinion_table import Telling, check_tellings, take_opinions
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Scope
from qunyu.satisfaction.opinions import withdraw_all

router = Router(tags=["satisfaction"])
SHOWN = 200


def _told(scope: Scope, file: UploadedFile) -> list[Telling]:
    scope.require("members.view")
    with looked_at(file) as path:
        return check_tellings(by=scope, name=path.name, data=path.read_bytes(), now=timezone.now())


@router.post(
    "/opinion-imports/check", response=OpinionPlanOut, operation_id="check_opinions", summary="What a table of opinions would note"
)  # fmt: skip
def check_opinions(
    request: HttpRequest,
    file: UploadedFile = File(...),  # noqa: B008
) -> OpinionPlanOut:
    """Reads a table (CSV or XLSX: member_id or platform_id, kind, stars, text, about, at) and says what is wrong, without writing anything."""
    found = _told(scope_of_request(request), file)
    ordered = sorted(found, key=lambda each: each.problem is None)
    wrong = sum(each.problem is not None for each in found)
    return OpinionPlanOut(lines=len(found), wrong=wrong, rows=[telling_out(each) for each in ordered[:SHOWN]])


@router.post(
    "/opinion-imports", response={201: OpinionsNoted}, operation_id="import_opinions", summary="Import opinions"
)
def import_opinions(
    request: HttpRequest,
    file: UploadedFile = File(...),  # noqa: B008
) -> Status[OpinionsNoted]:
    """Notes what a table says; refused as a whole where a line is wrong. Needs members.edit where the people belong."""
    scope, act = scope_of_request(request), new_public_id()
    count = take_opinions(by=scope, tellings=_told(scope, file), act=act, now=timezone.now())
    return Status(201, OpinionsNoted(act=act, noted=count))


@router.delete("/opinion-imports/{act}", response=Done, operation_id="undo_opinions", summary="Take a table back")
def undo_opinions(request: HttpRequest, act: str) -> Done:
    """Takes back what a table noted. Needs members.edit where the people belong."""
    scope = scope_of_request(request)
    scope.require("members.view")
    scope.require("members.edit")
    return Done(changed=withdraw_all(by=scope, act=act, now=timezone.now()))
