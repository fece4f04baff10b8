"""Writes of roles of one's own: named sets of permissions beside those that come with the product."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.actions.directors import a_director_stays
from qunyu.people.actions.names import ROLE_LENGTH, checked_name
from qunyu.people.actions.tokens import checked_permissions
from qunyu.people.models import Grant, Role, Unit

_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
BAD_CODE = Words(
    "代码“{code}”无效；请用 2 至 40 个小写字母、数字或连字符，以字母开头",
    "“{code}” is no code; use 2 to 40 small letters, digits or hyphens, beginning with a letter",
)
CODE_TAKEN = Words("代码“{code}”已被使用，请换一个", "the code “{code}” is taken, choose another")
BUILT_IN = Words(
    "“{role}”是系统自带角色，不能修改或删除；可以复制后修改",
    "“{role}” comes with the product and can neither be changed nor removed; copy it and change the copy",
)
IN_USE = Words(
    "仍有 {n} 项授权使用“{role}”；请先收回或改为其他角色",
    "“{role}” is still granted {n} times; take these grants back or give another role first",
)


@transaction.atomic
def add_role(
    *, by: Scope, name_zh: str, permissions: Collection[str], now: datetime, name_en: str = "", code: str = ""
) -> Role:
    """A role that gives `permissions`. Without an English name it is called the same in both languages; without a code it gets one.

    Raises Denied unless `by` manages the whole organisation and holds there what the role gives; DomainError bad_name, bad_permission,
    bad_code or code_taken.
    """
    held = _allowed(by, permissions)
    code = code.strip() or f"role-{new_public_id()[:6]}"
    if not _CODE.fullmatch(code):
        raise DomainError("bad_code", BAD_CODE.fill(code=code), field="code")
    if Role.objects.filter(code=code).exists():
        raise DomainError("code_taken", CODE_TAKEN.fill(code=code), field="code")
    names = _names(name_zh, name_en)
    role = Role.objects.create(code=code, permissions=held, **names)
    audit.record(by=by.actor, action="role.add", kind="role", id=role.code, now=now, permissions=held)
    return role


def _allowed(by: Scope, permissions: Collection[str]) -> list[str]:
    root = Unit.objects.get(parent=None).pk
    by.require("staff.manage", root)
    held = checked_permissions(permissions)
    for each in held:
        by.require(each, root)
    return held


def _names(zh: str, en: str) -> dict[str, str]:
    name = checked_name(zh, ROLE_LENGTH, "name_zh")
    return {"name_zh": name, "name_en": checked_name(en, ROLE_LENGTH, "name_en") if en.strip() else name}


@transaction.atomic
def change_role(
    *, by: Scope, role: Role, name_zh: str, name_en: str, permissions: Collection[str], now: datetime
) -> None:
    """Calls and fills `role` anew, for everybody who holds it; the same again changes nothing.

    Raises Denied as `add_role`; DomainError built_in, bad_name, bad_permission, or last_director when nobody could manage the
    organisation any more.
    """
    held = _allowed(by, permissions)
    _refuse_built_in(role)
    wanted = {**_names(name_zh, name_en), "permissions": held}
    changed = sorted(name for name, value in wanted.items() if getattr(role, name) != value)
    if not changed:
        return
    with a_director_stays():
        Role.objects.filter(pk=role.pk).update(**wanted)
    role.refresh_from_db()
    audit.record(
        by=by.actor, action="role.change", kind="role", id=role.code, now=now, fields=changed, permissions=held
    )


@transaction.atomic
def remove_role(*, by: Scope, role: Role, now: datetime) -> None:
    """Removes a role that nobody holds.

    Raises Denied unless `by` manages the whole organisation; DomainError built_in, or role_in_use.
    """
    by.require("staff.manage", Unit.objects.get(parent=None).pk)
    _refuse_built_in(role)
    count = Grant.objects.filter(role=role).count()
    if count:
        raise DomainError("role_in_use", IN_USE.fill(n=count, role=role.name_zh), count=count)
    audit.record(by=by.actor, action="role.remove", kind="role", id=role.code, now=now)
    role.delete()


def _refuse_built_in(role: Role) -> None:
    if role.built_in:
        message = Words(BUILT_IN.zh.format(role=role.name_zh), BUILT_IN.en.format(role=role.name_en))
        raise DomainError("built_in", message, role=role.code)
