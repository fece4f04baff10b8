"""Previewing: the first rows of a file as they would be read, and the columns a person can name where nobody knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from qunyu.console.templatetags.showing import day, exact
from qunyu.events.columns import Kind
from qunyu.events.files import File
from qunyu.events.intake import Intake
from qunyu.events.member_columns import MEMBERS
from qunyu.events.orders.headers import ORDERS
from qunyu.events.plain_columns import KIND as CHAT
from qunyu.events.plain_columns import columns_of, is_json
from qunyu.events.problems import Problem
from qunyu.events.readers.costs import COSTS
from qunyu.events.reading import Read, ReadOptions, readers
from qunyu.events.record import Record
from qunyu.events.rows import CostRow, MemberRow, OrderLine
from qunyu.events.sheets import open_table
from qunyu.flows.actions import FilePreview
from qunyu.kernel.words import Words
from qunyu.reports.names import COUNTS, MEMBER_ROLES, ORDER_STATES, named

ROWS = 8
# What goes wrong only because columns are called otherwise than we know.
_UNMAPPED = frozenset(("unknown_format", "missing_columns", "missing_field", "unknown_column"))

HEADS: dict[str, tuple[Words, ...]] = {
    "chat": (Words("时间", "Time"), Words("社群", "Community"), Words("类别", "Kind"), Words("谁", "Who"), Words("内容", "Text")),
    "orders": (Words("时间", "Time"), Words("订单号", "Order"), Words("客户", "Customer"), Words("金额", "Amount"), Words("状态", "State")),
    "members": (Words("社群", "Community"), Words("成员", "Member"), Words("角色", "Role"), Words("入群", "Joined"), Words("退群", "Left")),
    "costs": (Words("日期", "Day"), Words("社群", "Community"), Words("渠道", "Channel"), Words("费用", "Cost"), Words("曝光", "Exposures")),
}  # fmt: skip

FIELDS: dict[str, Words] = {
    "time": Words("时间", "Time"), "community": Words("社群编号或名称", "Community (id or name)"),
    "community_name": Words("社群名称", "Community name"), "author_id": Words("发言人编号", "Author id"),
    "author_name": Words("发言人昵称", "Author name"), "text": Words("内容", "Text"), "kind": Words("事件类型", "Kind of event"),
    "message_id": Words("消息编号", "Message id"), "subject": Words("内容类型", "Content type"),
    "other_id": Words("对方编号", "Other person's id"), "other_name": Words("对方昵称", "Other person's name"),
    "bot": Words("是否机器人", "Is a bot"), "order_id": Words("订单号", "Order number"), "sub_order": Words("子订单号", "Sub-order"),
    "ordered_at": Words("下单时间", "Ordered at"), "paid_at": Words("付款时间", "Paid at"), "amount": Words("金额", "Amount"),
    "quantity": Words("数量", "Quantity"), "unit_price": Words("单价", "Unit price"), "customer": Words("客户编号", "Customer id"),
    "customer_name": Words("客户昵称", "Customer name"), "status": Words("订单状态", "State"), "currency": Words("货币", "Currency"),
    "refund": Words("退款", "Refund"), "product": Words("商品", "Product"), "phone": Words("手机号", "Phone"),
    "union_id": Words("UnionID", "Union id"), "member_id": Words("成员编号", "Member id"), "name": Words("昵称", "Name"),
    "joined_at": Words("入群时间", "Joined at"), "left_at": Words("退群时间", "Left at"), "role": Words("角色", "Role"),
    "channel": Words("渠道", "Channel"), "platform": Words("平台", "Platform"), "day": Words("日期", "Day"),
    "cost": Words("费用", "Cost"), "exposures": Words("曝光", "Exposures"),
}  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """A file as the page shows it."""

    name: str
    size: int
    format: Words
    heads: tuple[Words, ...]
    rows: list[tuple[object, ...]]
    problems: tuple[Problem, ...]

    @property
    def readable(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class Field:
    """One of our fields that a column can be named for; `needed` together with its neighbours of the same kind."""

    name: str
    title: Words
    needed: bool


def looked(found: FilePreview) -> Looked:
    """A preview as the page shows it."""
    reader = readers().get(found.format)
    title = reader.title if reader else Words("无法识别", "Not recognised")
    heads = HEADS.get(found.yields, ())
    return Looked(
        found.name, found.size, title, heads, [_cells(row) for row in found.rows[:ROWS]], found.problems[:ROWS]
    )


def _cells(row: Read) -> tuple[object, ...]:
    if isinstance(row, Record):
        kind = named(COUNTS, row.kind)
        return (
            exact(row.occurred_at),
            row.community_name,
            kind,
            row.author_name or row.author_id,
            row.text[:120] or row.subject,
        )
    if isinstance(row, OrderLine):
        amount = f"{row.amount} {row.currency}".strip()
        return (
            exact(row.ordered_at),
            row.order_id,
            row.customer_name or row.customer_id,
            amount,
            named(ORDER_STATES, row.status),
        )
    if isinstance(row, MemberRow):
        return (
            row.community,
            row.name or row.member_id,
            named(MEMBER_ROLES, row.role),
            exact(row.joined_at),
            exact(row.left_at),
        )
    if isinstance(row, CostRow):
        cost = "–" if row.cost is None else f"{row.cost} {row.currency}".strip()
        return day(row.day), row.community, row.channel, cost, "–" if row.exposures is None else row.exposures
    return ()


def needs_columns(found: Iterable[FilePreview]) -> bool:
    """Whether some file cannot be read for want of columns we know."""
    return any(not each.rows and any(problem.code in _UNMAPPED for problem in each.problems) for each in found)


def columns_in(paths: Iterable[Path], names: Iterable[str]) -> list[str]:
    """The columns of the tables called `names` among the files, each once, in their order."""
    with TemporaryDirectory() as work:
        files = {file.name: file for file in Intake(Path(work)).open(paths)}
        found: dict[str, None] = {}
        for name in names:
            if name in files:
                found.update(dict.fromkeys(_header(files[name])))
    return list(found)


def _header(file: File) -> tuple[str, ...]:
    if is_json(file):
        return columns_of(file, ReadOptions()).found
    table = open_table(file, [], lambda cells: False)
    return table.header if table else ()


def fields_of(kinds: Iterable[str]) -> list[Field]:
    """The fields of the kinds of table, the needed ones first."""
    found: dict[str, Field] = {}
    for kind in kinds:
        table = _KINDS[kind]
        needed = {name for group in table.needs for name in group}
        named_here = [name for name in table.fields if name in FIELDS]
        for name in sorted(named_here, key=lambda name: name not in needed):
            found.setdefault(name, Field(name, named(FIELDS, name), name in needed))
    return list(found.values())


_KINDS: Mapping[str, Kind] = {"chat": CHAT, "orders": ORDERS, "members": MEMBERS, "costs": COSTS}
