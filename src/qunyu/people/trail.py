"""The trail: whether the audit trail is whole, for whoever may see all of it."""

from __future__ import annotations

from qunyu.kernel import audit_chain, audit_heads
from qunyu.kernel.audit_chain import Chain
from qunyu.kernel.scope import Scope
from qunyu.people.queries import root_unit


def require_trail(scope: Scope) -> None:
    """Entries belong to no unit, so only who may see all of them sees any.

    Raises Denied.
    """
    scope.require("audit.view", root_unit().pk)


def chain(scope: Scope, head: str = "", newest: int | None = None) -> Chain:
    """What a check of the audit chain finds (of the `newest` seals only, where given); `head` is a line that was kept elsewhere, or "".

    Raises Denied; DomainError bad_head.
    """
    require_trail(scope)
    return audit_chain.check(audit_heads.parsed(head) if head.strip() else None, newest)
