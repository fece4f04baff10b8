"""The roster: the organisation as a table, tried, taken over and given out."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, slice_of
from qunyu.api.routes.duties import data_of
from qunyu.api.schemas.imports import PageQuery
from qunyu.api.schemas.organisation import Invited, RosterLine, RosterTaken, RosterTried
from qunyu.flows.given_tables import Wrong
from qunyu.people.roster import Line, read_roster, roster_of, take_roster, try_roster

router = Router(tags=["people"])


@router.get("/roster", response=Page[RosterLine], operation_id="roster", summary="The organisation as a table")
def get_roster(request: HttpRequest, asked: Query[PageQuery]) -> Page[RosterLine]:
    """Each unit without roles, and each role of each account, as far as the caller manages them; what an import takes. Needs staff.manage."""
    lines = list(roster_of(scope_of_request(request)))
    rows, following = slice_of(Turn(request, asked.limit, asked.cursor), lines)
    told = [RosterLine(unit=each.unit, username=each.username, name=each.name, role=each.role) for each in rows]
    return Page[RosterLine](items=told, next=following)


@router.post("/roster/check", response=RosterTried, operation_id="check_roster", summary="What a roster would make")
def check_roster(request: HttpRequest, file: UploadedFile = File(...)) -> RosterTried:  # noqa: B008
    """Reads a table (CSV or XLSX: unit, username, name, role) and says what it would make and what is wrong, without making anything."""
    scope = scope_of_request(request)
    scope.require("staff.manage")
    found = try_roster(by=scope, lines=_lines(file), now=timezone.now())
    wrong = [f"{each.line}: {each.message}" for each in found.wrong]
    return RosterTried(units=found.units, accounts=len(found.accounts), grants=found.grants, wrong=wrong)


@router.post("/roster", response={201: RosterTaken}, operation_id="import_roster", summary="Import a roster")
def import_roster(request: HttpRequest, file: UploadedFile = File(...)) -> Status[RosterTaken]:  # noqa: B008
    """Makes the units, accounts and roles that are not there yet, or none if a line is wrong; new accounts come with their invitations.

    Needs staff.manage at the units.
    """
    scope = scope_of_request(request)
    scope.require("staff.manage")
    found = take_roster(by=scope, lines=_lines(file), now=timezone.now())
    Wrong([(each.line, each.message) for each in found.wrong]).refuse()
    invited = [
        Invited(id=staff.public_id, username=staff.username, address=request.build_absolute_uri(_address(staff.public_id, token)))
        for staff, token in found.accounts
    ]  # fmt: skip
    return Status(201, RosterTaken(units=found.units, grants=found.grants, accounts=invited))


def _lines(file: UploadedFile) -> list[Line]:
    return read_roster(file.name or "table", data_of(file))


def _address(public_id: str, token: str) -> str:
    return reverse("console:invitation", args=[public_id, token])
