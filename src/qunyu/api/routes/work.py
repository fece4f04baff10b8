"""Work that operators note down by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.routes.duties import data_of, taken_out
from qunyu.api.schemas.operators import TakenOut, WorkIn, WorkKindOut, WorkOut, WorkQuery, work_out
from qunyu.communities.duty_queries import find_operator
from qunyu.communities.queries import find_community
from qunyu.communities.work import Work, add_work, change_work, find_work, remove_work, work_entries
from qunyu.communities.work_kinds import WORK_KINDS
from qunyu.flows.work_table import take_work
from qunyu.people.queries import account_of

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

router = Router(tags=["operators"])


@router.get("/work-kinds", response=list[WorkKindOut], operation_id="work_kinds", summary="Kinds of work")
def kinds(request: HttpRequest) -> list[WorkKindOut]:
    """The kinds that entries have, and what a machine does of them."""
    return [
        WorkKindOut(key=each.key, title=str(each.title), machine=str(each.machine) if each.machine else None)
        for each in WORK_KINDS.values()
    ]


@router.get("/work-entries", response=Page[WorkOut], operation_id="work", summary="Work noted down")
def entries(request: HttpRequest, asked: Query[WorkQuery]) -> Page[WorkOut]:
    """One's own entries and, with effort.view, those of others there; the latest day first."""
    found = work_entries(scope_of_request(request))
    if asked.first:
        found = found.filter(day__gte=asked.first)
    if asked.last:
        found = found.filter(day__lte=asked.last)
    if asked.account:
        found = found.filter(staff__public_id=asked.account)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-day", "public_id"))
    return Page[WorkOut](items=[work_out(each) for each in rows], next=following)


@router.post("/work-entries", response={201: WorkOut}, operation_id="add_work", summary="Note work down")
def post_work(request: HttpRequest, wanted: WorkIn) -> Status[WorkOut]:
    """Keeps an entry of one's own, or of an account that the caller manages."""
    scope = scope_of_request(request)
    mine, _ = account_of(scope.actor)
    assert mine is not None  # noqa: S101 - only staff and their tokens get past the authentication
    staff = find_operator(scope, wanted.account) if wanted.account else mine
    return Status(201, work_out(add_work(by=scope, staff=staff, work=_work(scope, wanted), now=timezone.now())))


@router.post("/work-entries/import", response=TakenOut, operation_id="import_work", summary="Import work from a table")
def post_table(request: HttpRequest, file: UploadedFile = File(...)) -> TakenOut:  # noqa: B008
    """A CSV or XLSX with the columns day, minutes and kind, and perhaps community, account and note; whole or not at all."""
    scope = scope_of_request(request)
    return taken_out(take_work(by=scope, name=file.name or "table", data=data_of(file), now=timezone.now()))


# After the import, which it would take for an id.
@router.put("/work-entries/{id}", response=WorkOut, operation_id="change_work", summary="Change noted work")
def put_work(request: HttpRequest, id: str, wanted: WorkIn) -> WorkOut:
    """Writes an entry anew."""
    scope = scope_of_request(request)
    change_work(by=scope, entry=find_work(scope, id), work=_work(scope, wanted), now=timezone.now())
    return work_out(find_work(scope, id))


@router.delete("/work-entries/{id}", response=WorkOut, operation_id="remove_work", summary="Remove noted work")
def delete_work(request: HttpRequest, id: str) -> WorkOut:
    """Removes an entry, and answers with what it was."""
    scope = scope_of_request(request)
    entry = find_work(scope, id)
    was = work_out(entry)
    remove_work(by=scope, entry=entry, now=timezone.now())
    return was


def _work(scope: Scope, wanted: WorkIn) -> Work:
    community = find_community(scope, wanted.community) if wanted.community else None
    return Work(wanted.day, wanted.minutes, wanted.kind, community, wanted.note)
