"""The audit trail: who did what, whether it is whole, and who saw whom."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.audit import (
    AuditQuery,
    ChainOut,
    ChainQuery,
    EntryOut,
    ViewOut,
    ViewsQuery,
    chain_out,
    entry_out,
    view_out,
)
from qunyu.people.trail import chain
from qunyu.privacy.looking import Wanted, looks
from qunyu.reports.audit_names import AuditNames
from qunyu.reports.trail import Wanted as Asked
from qunyu.reports.trail import audit_entries

router = Router(tags=["audit"])


@router.get("/audit", response=Page[EntryOut], operation_id="audit", summary="The audit trail")
def get_audit(request: HttpRequest, asked: Query[AuditQuery]) -> Page[EntryOut]:
    """Who did what, the newest first, searched as on the page. Needs audit.view at the top."""
    names = AuditNames(scope_of_request(request))
    found = audit_entries(names, Asked(asked.search.strip(), asked.action, asked.days), timezone.now())
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-at", "-id"))
    return Page[EntryOut](items=[entry_out(each, names) for each in rows], next=following)


@router.get("/audit/chain", response=ChainOut, operation_id="audit_chain", summary="Whether the audit trail is whole")
def get_chain(request: HttpRequest, asked: Query[ChainQuery]) -> ChainOut:
    """Checks the newest seals and their entries. Needs audit.view at the top."""
    return chain_out(chain(scope_of_request(request), asked.head, asked.newest))


@router.get("/audit/views", response=Page[ViewOut], operation_id="audit_views", summary="Who saw whom")
def get_views(request: HttpRequest, asked: Query[ViewsQuery]) -> Page[ViewOut]:
    """Looks at people's pages, lists and searches, the newest first. Needs audit.view at the top; people go by their public ids."""
    wanted = Wanted(asked.person, asked.via, asked.page, asked.search, asked.days)
    found = looks(scope_of_request(request), wanted, timezone.now())
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-at", "-id"))
    return Page[ViewOut](items=[view_out(each) for each in rows], next=following)
