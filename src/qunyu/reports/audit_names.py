"""Audit names: what an audit entry is about and what it holds, in the names that people know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qunyu.communities.duties import DUTY_KINDS
from qunyu.communities.queries import communities_where
from qunyu.communities.work_kinds import WORK_KINDS
from qunyu.events.queries import imports
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.kernel.words import Words, language
from qunyu.members.fields import BASIC
from qunyu.members.queries import search_people
from qunyu.members.staff_links import linked_names
from qunyu.members.tag_queries import groups_in
from qunyu.people.queries import account_names, roles, token_names, units_in
from qunyu.segments.queries import names as segment_names

if TYPE_CHECKING:
    from qunyu.members.models import TagGroup

KINDS: dict[str, Words] = {
    "staff": Words("账号", "Account"),
    "unit": Words("组织单位", "Unit"),
    "role": Words("角色", "Role"),
    "token": Words("API 令牌", "API token"),
    "community": Words("社群", "Community"),
    "import": Words("导入", "Import"),
    "alert": Words("预警", "Alert"),
    "member": Words("成员", "Member"),
    "field": Words("成员字段", "Member field"),
    "profile_import": Words("资料导入", "Import of profiles"),
    "members": Words("成员名单", "List of members"),
    "survey": Words("问卷", "Survey"),
    "programme": Words("积分方案", "Points programme"),
    "tag": Words("标签", "Tag"),
    "tag_group": Words("标签组", "Group of tags"),
    "segment": Words("人群", "Segment"),
    "offer": Words("优惠方案", "Offer"),
    "privacy_request": Words("个人信息请求", "Request about personal data"),
    "retention": Words("保存期限", "Period of keeping"),
    "audit": Words("审计记录", "Audit trail"),
}
# The names of an entry's data.
DETAILS: dict[str, Words] = {
    "role": Words("角色", "Role"),
    "unit": Words("组织单位", "Unit"),
    "parent": Words("上级", "Below"),
    "old_parent": Words("原上级", "Was below"),
    "levels": Words("层级数", "Levels"),
    "permissions": Words("权限", "Permissions"),
    "staff": Words("账号", "Account"),
    "fields": Words("更改项", "Changed"),
    "code": Words("原因代码", "Reason code"),
    "metric": Words("数字", "Number"),
    "until": Words("截至", "Until"),
    "count": Words("数量", "Count"),
    "left": Words("剩余", "Left"),
    "via": Words("方式", "By"),
    "min_length": Words("密码最短长度", "Shortest password"),
    "password_days": Words("密码有效期（天）", "Lifetime of a password (days)"),
    "remembered": Words("不得重复最近几次的密码", "Last passwords that may not be used again"),
    "second_factor": Words("必须使用二次验证的人", "Who must use a second factor"),
    "idle_minutes": Words("无操作自动退出（分钟）", "Signed out when idle for (minutes)"),
    "lifetime_hours": Words("登录最长时间（小时）", "Signed out in any case after (hours)"),
    "duty": Words("职责", "Duty"),
    "member": Words("成员", "Member"),
    "work": Words("工作", "Work"),
    "minutes": Words("分钟", "Minutes"),
    "day": Words("日期", "Day"),
    "identities": Words("身份", "Identities"),
    "ids": Words("平台账号", "Platform ids"),
    "unreadable": Words("无法读取（另一个密钥加密）", "Not readable (sealed under another key)"),
    "unreadable_ids": Words("无法读取的平台账号", "Platform ids not readable"),
    "contact": Words("联系记录", "Contact"),
    "other": Words("另一位", "The other"),
    "people": Words("人数", "People"),
    "opinion": Words("评价", "Opinion"),
    "step": Words("处理", "Step"),
    "to_all": Words("公开链接", "Link for everybody"),
    "points": Words("积分", "Points"),
    "movement": Words("变动", "Movement"),
    "level": Words("等级", "Level"),
    "benefit": Words("权益", "Benefit"),
    "reward": Words("奖品", "Reward"),
    "rule": Words("规则", "Rule"),
    "on": Words("启用", "On"),
    "community": Words("社群", "Community"),
    "act": Words("操作编号", "Act"),
    "came": Words("加上", "Put on"),
    "went": Words("去掉", "Taken off"),
    "condition": Words("条件", "Condition"),
    "days": Words("天数", "Days"),
    "purpose": Words("目的", "Purpose"),
    "feature": Words("来自", "From"),
    "ask": Words("请求", "Ask"),
    "occasion": Words("日子", "Occasion"),
    "over": Words("超出", "Beyond"),
    "standing": Words("与上限", "Beside the cap"),
}
# How somebody signed in.
WAYS: dict[str, Words] = {
    "password": Words("密码", "password"),
    "oidc": Words("单位账号", "company account"),
}
FIELDS: dict[str, Words] = {
    "name": Words("名称", "name"),
    "type": Words("类型", "type"),
    "theme": Words("主题", "theme"),
    "opened_on": Words("开放日期", "opened on"),
    "closed_on": Words("关闭日期", "closed on"),
    **{each.key: each.title for each in BASIC},
    "note": Words("说明", "note"),
    "condition": Words("条件", "condition"),
    "name_zh": Words("中文名", "Chinese name"),
    "name_en": Words("英文名", "English name"),
    "permissions": Words("权限", "permissions"),
    "help": Words("说明", "help"),
    "exclusive": Words("单选", "one of the group"),
    "group": Words("标签组", "group"),
    **PERMISSIONS,
}


# People of one name, as many as a search of the trail takes.
MOST_PEOPLE = 200


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

    def matching(self, text: str) -> dict[str, list[str]]:
        """Kind -> keys of the objects that `scope` may see and whose shown name holds `text`; people whom it may see, too."""
        found: dict[str, list[str]] = {}
        for kind, read in _READ.items():
            keys = [str(key) for key, name in read(self.scope).items() if text.casefold() in name.casefold()]
            if kind == "member":
                keys += [
                    str(key) for key in search_people(self.scope, text=text).values_list("pk", flat=True)[:MOST_PEOPLE]
                ]
            if keys:
                found[kind] = keys
        return found

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, list):
            joint = "、" if language() == "zh" else ", "
            return joint.join(str(FIELDS.get(str(each), each)) for each in value)
        if name in _CODED:
            return str(_CODED[name].get(str(value), value))
        kind = "unit" if name in ("parent", "old_parent") else name
        return self._name(kind, str(value)) if kind in _OF_OBJECTS else str(value)

    def _name(self, kind: str, key: str) -> str:
        if kind == "role":
            return str(self._roles.get(key, key))
        if not key.isdigit():
            return key
        if kind not in self._names:
            self._names[kind] = _READ[kind](self.scope) if kind in _READ else {}
        return self._names[kind].get(int(key)) or f"#{key}"

    @cached_property
    def _roles(self) -> dict[str, Words]:
        return {role.code: Words(role.name_zh, role.name_en) for role in roles()}


def _tag_groups(scope: Scope) -> list[TagGroup]:
    return groups_in(scope, archived=True, permission="audit.view")


# The names of a kind by primary key, as far as `scope` may see them.
_READ: dict[str, Callable[[Scope], Mapping[int, str]]] = {
    "unit": lambda scope: {unit.pk: unit.name for unit in units_in(scope, "audit.view")},
    "community": lambda scope: dict(communities_where(scope, "audit.view").values_list("pk", "name")),
    "import": lambda scope: dict(imports(scope).values_list("pk", "title")),
    "staff": lambda scope: account_names(),
    "token": lambda scope: token_names(),
    "member": linked_names,
    "tag": lambda scope: {tag.pk: tag.name for group in _tag_groups(scope) for tag in group.tags.all()},
    "tag_group": lambda scope: {group.pk: group.name for group in _tag_groups(scope)},
    "segment": segment_names,
}
_OF_OBJECTS = frozenset(("role", "unit", "staff", "member"))
_CODED: dict[str, Mapping[str, Words]] = {
    "via": WAYS,
    "duty": DUTY_KINDS,
    "work": {key: each.title for key, each in WORK_KINDS.items()},
}
