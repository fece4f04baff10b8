"""Audit names: what an audit entry is about and what it holds, in the names that people know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from qunyu.communities.queries import communities_where
from qunyu.events.queries import imports
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words, language
from qunyu.members.fields import BASIC
from qunyu.people.queries import account_names, roles, token_names, units_in

KINDS: dict[str, Words] = {
    "staff": Words("账号", "Account"),
    "unit": Words("组织单位", "Unit"),
    "token": Words("API 令牌", "API token"),
    "community": Words("社群", "Community"),
    "import": Words("导入", "Import"),
    "alert": Words("预警", "Alert"),
    "member": Words("成员", "Member"),
    "field": Words("成员字段", "Member field"),
    "profile_import": Words("资料导入", "Import of profiles"),
    "members": Words("成员名单", "List of members"),
}
# The names of an entry's data.
DETAILS: dict[str, Words] = {
    "role": Words("角色", "Role"),
    "unit": Words("组织单位", "Unit"),
    "parent": Words("上级", "Below"),
    "staff": Words("账号", "Account"),
    "fields": Words("更改项", "Changed"),
    "code": Words("原因代码", "Reason code"),
    "metric": Words("数字", "Number"),
    "until": Words("截至", "Until"),
    "identities": Words("身份", "Identities"),
    "contact": Words("联系记录", "Contact"),
    "other": Words("另一位", "The other"),
    "people": Words("人数", "People"),
}
FIELDS: dict[str, Words] = {
    "name": Words("名称", "name"),
    "type": Words("类型", "type"),
    "theme": Words("主题", "theme"),
    "opened_on": Words("开放日期", "opened on"),
    "closed_on": Words("关闭日期", "closed on"),
    **{each.key: each.title for each in BASIC},
}


class AuditNames:
    """The names that `scope` may see of what audit entries tell of by primary key, each kind read when first needed."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._names: dict[str, Mapping[int, str]] = {}

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
            return joint.join(str(FIELDS.get(str(each), each)) for each in value)
        if name == "role":
            return str(self._roles.get(str(value), value))
        return self._name("unit" if name == "parent" else name, str(value)) if name in _OF_OBJECTS else str(value)

    def _name(self, kind: str, key: str) -> str:
        if not key.isdigit():
            return key
        if kind not in self._names:
            self._names[kind] = _READ[kind](self.scope) if kind in _READ else {}
        return self._names[kind].get(int(key)) or f"#{key}"

    @cached_property
    def _roles(self) -> dict[str, Words]:
        return {role.code: Words(role.name_zh, role.name_en) for role in roles()}


# The names of a kind by primary key, as far as `scope` may see them.
_READ: dict[str, Callable[[Scope], Mapping[int, str]]] = {
    "unit": lambda scope: {unit.pk: unit.name for unit in units_in(scope, "audit.view")},
    "community": lambda scope: dict(communities_where(scope, "audit.view").values_list("pk", "name")),
    "import": lambda scope: dict(imports(scope).values_list("pk", "title")),
    "staff": lambda scope: account_names(),
    "token": lambda scope: token_names(),
}
_OF_OBJECTS = frozenset(("unit", "parent", "staff"))
