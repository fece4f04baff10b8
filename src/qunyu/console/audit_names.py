"""Audit names: what an audit entry is about and what it holds, in the names that people know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from qunyu.communities.queries import communities_where
from qunyu.events.queries import imports
from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words, language
from qunyu.people.queries import account_of, roles, units_in

KINDS: dict[str, Words] = {
    "staff": Words("账号", "Account"),
    "unit": Words("组织单位", "Unit"),
    "token": Words("API 令牌", "API token"),
    "community": Words("社群", "Community"),
    "import": Words("导入", "Import"),
}
# The names of an entry's data.
DETAILS: dict[str, Words] = {
    "role": Words("角色", "Role"),
    "unit": Words("组织单位", "Unit"),
    "parent": Words("上级", "Below"),
    "staff": Words("账号", "Account"),
    "fields": Words("更改项", "Changed"),
    "code": Words("原因代码", "Reason code"),
}
FIELDS: dict[str, Words] = {
    "name": Words("名称", "name"),
    "type": Words("类型", "type"),
    "theme": Words("主题", "theme"),
    "opened_on": Words("开放日期", "opened on"),
    "closed_on": Words("关闭日期", "closed on"),
}


class AuditNames:
    """The names that `scope` may see of what audit entries tell of by primary key, each kind read when first needed."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._accounts: dict[tuple[str, int], str] = {}

    def about(self, row: Any) -> str:
        """The kind and name of the object of an entry; its key where it is gone or out of sight."""
        kind = KINDS.get(row.object_kind, row.object_kind)
        return f"{kind} {self._name(row.object_kind, row.object_id)}"

    def details(self, row: Any) -> str:
        """What an entry holds besides: 角色: 群主, 组织单位: 华东店."""
        mark = "：" if language() == "zh" else ": "
        comma = "，" if language() == "zh" else ", "
        return comma.join(
            f"{DETAILS.get(name, name)}{mark}{self._value(name, value)}" for name, value in row.data.items()
        )

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, list):
            joint = "、" if language() == "zh" else ", "
            return joint.join(str(FIELDS.get(each, each)) for each in value)
        if name == "role":
            return str(self._roles.get(str(value), value))
        return self._name("unit" if name == "parent" else name, str(value)) if name in _OF_OBJECTS else str(value)

    def _name(self, kind: str, key: str) -> str:
        if not key.isdigit():
            return key
        known = self._known.get(kind)
        return (known(int(key)) if known else "") or f"#{key}"

    @cached_property
    def _known(self) -> Mapping[str, Callable[[int], str]]:
        return {
            "unit": lambda key: self._units.get(key, ""),
            "community": lambda key: self._communities.get(key, ""),
            "import": lambda key: self._imports.get(key, ""),
            "staff": lambda key: self._account("staff", key),
            "token": lambda key: self._account("token", key),
        }

    @cached_property
    def _units(self) -> dict[int, str]:
        return {unit.pk: unit.name for unit in units_in(self.scope, "audit.view")}

    @cached_property
    def _communities(self) -> dict[int, str]:
        return dict(communities_where(self.scope, "audit.view").values_list("pk", "name"))

    @cached_property
    def _imports(self) -> dict[int, str]:
        return dict(imports(self.scope).values_list("pk", "title"))

    @cached_property
    def _roles(self) -> dict[str, Words]:
        return {role.code: Words(role.name_zh, role.name_en) for role in roles()}

    def _account(self, kind: str, key: int) -> str:
        if (kind, key) not in self._accounts:
            staff, token = account_of(Actor("token" if kind == "token" else "staff", key, ""))
            found = token if kind == "token" else staff
            self._accounts[kind, key] = found.name if found else ""
        return self._accounts[kind, key]


_OF_OBJECTS = frozenset(("unit", "parent", "staff"))
