"""Scope: which units of the organisation tree somebody may see, and what they may do there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from qunyu.kernel.actor import Actor, system
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

PERMISSIONS: dict[str, Words] = {
    "communities.view": Words("查看社群与指标", "see communities and their numbers"),
    "communities.edit": Words("编辑社群", "edit communities"),
    "members.view": Words("查看成员", "see members"),
    "members.edit": Words("编辑成员资料与标签", "edit members’ profiles and tags"),
    "members.reveal": Words("查看敏感信息原文", "see sensitive details in the clear"),
    "orders.view": Words("查看订单与收入", "see orders and revenue"),
    "points.edit": Words(
        "发放、扣减与兑换积分，登记权益与会费", "give, take and redeem points, note benefits and fees"
    ),
    "imports.view": Words("查看导入记录", "see imports"),
    "imports.run": Words("导入与撤销导入", "import and undo imports"),
    "settings.edit": Words(
        "修改分层标准、负荷上限、成员字段与积分方案",
        "change thresholds, load limits, member fields and points programmes",
    ),
    "effort.view": Words("查看运营人员的负荷与投入", "see the load and effort of operators"),
    "staff.manage": Words("管理组织与账号", "manage the organisation and accounts"),
    "privacy.manage": Words("保护个人信息（导出、删除、保存期限）", "protect personal data (export, erase, retention)"),
    "audit.view": Words("查看审计记录", "see the audit trail"),
}


class Denied(DomainError):
    """The actor may not do this, here or anywhere."""

    def __init__(self, permission: str) -> None:
        what = PERMISSIONS[permission]
        message = Words(
            f"您没有“{what.zh}”的权限；请联系总负责开通",
            f"You may not {what.en}; ask a director for it",
        )
        super().__init__("denied", message, permission=permission)


@dataclass(frozen=True)
class Scope:
    """`allowed` gives the unit ids of each permission; a permission that is not there is allowed nowhere."""

    actor: Actor
    allowed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    everything: bool = False

    def units(self, permission: str) -> frozenset[int]:
        """The ids of the units where `permission` holds; meaningless (empty) when `everything` is set."""
        return self.allowed.get(permission, frozenset())

    def may(self, permission: str, unit: int | None = None) -> bool:
        """Whether `permission` holds at `unit`, or anywhere when no unit is named."""
        if self.everything:
            return permission in PERMISSIONS
        held = self.units(permission)
        return bool(held) if unit is None else unit in held

    def within(self, permission: str) -> Scope:
        """The same scope, with every permission only in the units where `permission` holds too."""
        if self.everything:
            return self
        held = self.units(permission)
        return replace(self, allowed={each: units & held for each, units in self.allowed.items()})

    def limited(self, permissions: Collection[str] | None, units: Collection[int] | None) -> Scope:
        """The same scope with nothing but `permissions`, and these only in `units`; None for no limit.

        Raises TypeError for a scope that sees everything: it has no units to choose from.
        """
        if self.everything:
            raise TypeError("a scope that sees everything cannot be limited")
        kept = {
            each: held if units is None else held & frozenset(units)
            for each, held in self.allowed.items()
            if permissions is None or each in permissions
        }
        return replace(self, allowed={each: held for each, held in kept.items() if held})

    def reaching(self, unit: int, parent: int) -> Scope:
        """The same scope once there is a new `unit` below `parent`: what holds at the one holds at the other."""
        grown = {each: held | {unit} if parent in held else held for each, held in self.allowed.items()}
        return replace(self, allowed=grown)

    def require(self, permission: str, unit: int | None = None) -> None:
        """Raises Denied unless `permission` holds at `unit` (or anywhere when None)."""
        if not self.may(permission, unit):
            raise Denied(permission)


def system_scope(reason: str) -> Scope:
    """Sees everything; `reason` is kept with what it does."""
    return Scope(system(reason), everything=True)
