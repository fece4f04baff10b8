"""Signing: what somebody who is signed in has to do before anything else."""

from __future__ import annotations

from typing import Literal

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.models import SignInRules, Staff, StaffSession
from qunyu.people.passwords import must_change

Duty = Literal["password", "second_factor", ""]
UNFINISHED = {
    "password": Words("请先在控制台设置新密码", "choose a new password in the console first"),
    "second_factor": Words("请先在控制台设置二次验证", "set up a second factor in the console first"),
}


def demands_factor(rules: SignInRules, scope: Scope) -> bool:
    """Whether the rules demand a second factor of whoever holds `scope`."""
    if rules.second_factor == "directors":
        return scope.may("staff.manage")
    return rules.second_factor == "everybody"


def duty(session: StaffSession, scope: Scope) -> Duty:
    """What is owed before anything else may be opened; "" for nothing. A password that was not asked for need not be changed."""
    if session.via == "password" and must_change(session.staff, session.rules, session.begun_at):
        return "password"
    return "second_factor" if not session.strong and demands_factor(session.rules, scope) else ""


def require_finished(session: StaffSession, scope: Scope) -> None:
    """Raises DomainError sign_in_unfinished while something is owed."""
    owed = duty(session, scope)
    if owed:
        raise DomainError("sign_in_unfinished", UNFINISHED[owed], owed=owed)


def staff_by_key(key: object) -> Staff | None:
    """The account with that primary key, as long as it is open."""
    return Staff.objects.filter(pk=key, is_active=True).first() if isinstance(key, int) else None
