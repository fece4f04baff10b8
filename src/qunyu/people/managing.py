"""Managing: whose account somebody may look into and reset."""

from __future__ import annotations

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.models import Staff

OWN = Words(
    "自己的账号请在“我的账号”中修改", "for your own account go to My account; this is for the accounts of others"
)


def require_managing(by: Scope, staff: Staff) -> None:
    """Raises Denied unless `by` manages accounts wherever `staff` holds a role (anywhere, when they hold none)."""
    by.require("staff.manage")
    for unit in staff.grants.values_list("unit", flat=True):
        by.require("staff.manage", unit)


def require_managing_another(by: Scope, staff: Staff) -> None:
    """Raises Denied like `require_managing`; DomainError own_access for one's own account, where more is asked."""
    require_managing(by, staff)
    if by.actor.kind == "staff" and by.actor.id == staff.pk:
        raise DomainError("own_access", OWN)
