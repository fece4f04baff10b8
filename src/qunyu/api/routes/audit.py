"""The audit trail: whether it is whole."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.audit import ChainOut, ChainQuery, chain_out
from qunyu.people.trail import chain

router = Router(tags=["audit"])


@router.get("/audit/chain", response=ChainOut, operation_id="audit_chain", summary="Whether the audit trail is whole")
def get_chain(request: HttpRequest, asked: Query[ChainQuery]) -> ChainOut:
    """Checks the newest seals and their entries. Needs audit.view at the top."""
    return chain_out(chain(scope_of_request(request), asked.head, asked.newest))
