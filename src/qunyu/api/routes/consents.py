"""Consents of everybody: the list, and a table of them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.routes.duties import data_of, taken_out
from qunyu.api.schemas.operators import TakenOut
from qunyu.api.schemas.privacy import ConsentQuery, PersonConsentOut, person_consent_out
from qunyu.flows.consent_table import take_consents
from qunyu.privacy.consents import Wanted, wanted_consents

router = Router(tags=["privacy"])


@router.get(
    "/consents", response=Page[PersonConsentOut], operation_id="all_consents", summary="What people consented to"
)
def get_consents(request: HttpRequest, asked: Query[ConsentQuery]) -> Page[PersonConsentOut]:
    """What everybody said whom the caller may see, the latest first. Needs members.view."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = wanted_consents(scope, Wanted(asked.search.strip(), asked.purpose, asked.state, asked.in_force))
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-at", "-id"))
    return Page[PersonConsentOut](items=[person_consent_out(each) for each in rows], next=following)


@router.post(
    "/consent-imports", response={201: TakenOut}, operation_id="import_consents", summary="Import consents"
)  # fmt: skip
def import_consents(request: HttpRequest, file: UploadedFile = File(...)) -> Status[TakenOut]:  # noqa: B008
    """Notes what a table says (CSV or XLSX: member_id or platform_id, purpose, state, date, wording, evidence); none of it if a line is wrong.

    Needs members.view, and members.edit where the people belong.
    """
    scope = scope_of_request(request)
    scope.require("members.view")
    taken = take_consents(by=scope, name=file.name or "table", data=data_of(file), now=timezone.now())
    return Status(201, taken_out(taken))
