"""Managing: whose account somebody may look into and change."""

from __future__ import annotations

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.people.models import Staff
from qunyu.people.queries import acting_account, stands_over

OWN = Words(
    "自己的账号请在“我的账号”中修改", "for your own account go to My account; this is for the accounts of others"
)

LOCKED_OUT = Words(
    "不能收回自己的权限；请由另一位总负责操作", "you cannot take away your own access; ask another director"
)


def require_managing(by: Scope, staff: Staff) -> None:
    """Raises Denied unless `by` manages accounts, and may do all that `staff` may, wherever `staff` holds a role.

    Else whoever manages one shop could become a director by taking a director's account over.
    """
    by.require("staff.manage")
    if not stands_over(by, staff):
        raise Denied("staff.manage")


def require_managing_another(by: Scope, staff: Staff) -> None:
    """Raises Denied like `require_managing`; DomainError own_access for one's own account, where more is asked."""
    require_managing(by, staff)
    if _is_own(by, staff.pk):
        raise DomainError("own_access", OWN)


def refuse_oneself(by: Scope, staff_id: int) -> None:
    """Raises DomainError own_access when it is one's own account, or that of the token's owner: nobody locks themselves out."""
    if _is_own(by, staff_id):
        raise DomainError("own_access", LOCKED_OUT)


def _is_own(by: Scope, staff_id: int) -> bool:
    return acting_account(by.actor) == staff_id
