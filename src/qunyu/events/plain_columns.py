"""Which columns of a foreign chat table are our fields: by mapping, by our own names, by common names."""

from __future__ import annotations

import json
from dataclasses import dataclass

from qunyu.events.columns import SETTINGS, Kind, normal, resolve
from qunyu.events.csv_rows import header_of
from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.reading import ReadOptions

# What a line of the plain format holds, in the order `plain.Maker` takes it; our own name first, then its synonyms.
FIELDS = {
    "time": "time t ts timestamp date datetime sentat createdat sendtime sendat msgtime createtime "
    "时间 发送时间 消息时间 日期时间 发言时间 日期",
    "community": "community communityid group groupid room roomid channel channelid thread threadid chat chatid "
    "群 群号 群id 群聊 社群 社群id 群聊id 会话",
    "community_name": "communityname groupname roomname channelname threadname chatname "
    "群名 群名称 社群名称 群聊名称 社群名",
    "author_id": "authorid userid senderid fromid memberid uid wxid uin qq "
    "用户id 发送人id 发送者id 发言人id 成员id 作者id qq号 微信号",
    "author_name": "authorname author sender sendername from username user nickname name member speaker "
    "昵称 发送人 发送者 发言人 作者 用户 用户名 群昵称 用户昵称 成员 姓名",
    "text": "text content message msg body 内容 消息内容 消息 文本 正文 发言内容 聊天内容",
    "kind": "kind event eventtype 事件 事件类型",
    "message_id": "messageid msgid id 消息id 消息编号 编号",
    "subject": "subject contenttype messagetype msgtype type 内容类型 消息类型 类型",
    "other_id": "otherid inviterid operatorid 邀请人id 操作人id 对方id",
    "other_name": "othername inviter invitername operator 邀请人 操作人 对方",
    "bot": "bot isbot 机器人 是否机器人",
}
NEEDS = (("time",), ("text", "kind"), ("author_id", "author_name"))
KIND = Kind({ours: tuple(names.split()) for ours, names in FIELDS.items()}, NEEDS, ())
OURS = frozenset(normal(name) for name in FIELDS)

# A table with one of these is about orders, products or costs, whatever else it has.
FOREIGN = frozenset(
    "orderid orderno ordernumber amount total totalprice price unitprice quantity qty sku product productid "
    "productname invoiceno currency refund cost spend 订单 订单号 订单编号 订单id 金额 实付金额 订单金额 总价 单价 "
    "数量 商品 商品名称 商品名 规格 退款金额 成本 费用 花费".split()
)
_SAMPLE = 50


@dataclass(frozen=True)
class Columns:
    """`names`: our field -> their column; `found`: all columns the file has.

    `unknown`: columns that were mapped and are not there; `missing`: fields that no column holds.
    """

    names: dict[str, str]
    found: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    delimiter: str = ""

    def problem(self, file: File) -> Problem | None:
        """The one problem that says what is not there and what is; None when nothing is wrong."""
        found = ", ".join(self.found)[:500] or "-"
        if self.unknown:
            return Problem("unknown_column", file.name, 1, {"value": ", ".join(self.unknown), "columns": found})
        if self.missing:
            return Problem("missing_columns", file.name, 1, {"field": ", ".join(self.missing), "found": found})
        return None


def columns_of(file: File, options: ReadOptions) -> Columns:
    """The file's columns by its header, or by the keys of its first objects, and which of them are ours."""
    found, delimiter = _found(file)
    mapping = mapping_of(options)
    resolved = resolve(KIND, found, mapping)
    mapped = {column for ours, column in resolved.names.items() if ours in mapping}
    names = {ours: column for ours, column in resolved.names.items() if ours in mapping or column not in mapped}
    missing = [" / ".join(group) for group in NEEDS if not any(each in names for each in group)]
    return Columns(names, tuple(found), resolved.unknown, tuple(missing), delimiter)


def is_json(file: File) -> bool:
    """Whether the file is JSON Lines rather than CSV."""
    return file.head_text.lstrip().startswith(("{", "["))


def mapping_of(options: ReadOptions) -> dict[str, str]:
    """What was mapped of our fields; `author` means the stable id, since a name would need no mapping to be one."""
    mapping = {ours: theirs for ours, theirs in options.columns.items() if ours in FIELDS and ours not in SETTINGS}
    if "author" in options.columns:
        mapping.setdefault("author_id", options.columns["author"])
    return mapping


def certainty(file: File, options: ReadOptions) -> float:
    """0.95 with all that was mapped, 0.8 by our own names, 0.6 by synonyms; 0.55 when only the mapping is wrong."""
    columns, mapping = columns_of(file, options), mapping_of(options)
    if columns.unknown or columns.missing:
        plain = columns_of(file, ReadOptions())
        return 0.0 if plain.missing or _is_foreign(plain) else 0.55
    if mapping:
        told = all(any(each in mapping for each in group) for group in NEEDS)
        return 0.0 if _is_foreign(columns) and not told else 0.95
    if _is_foreign(columns):
        return 0.0
    own = {normal(name) for name in columns.found} & OURS
    return 0.8 if {"time", "text"} <= own and own & {"authorid", "authorname"} else 0.6


def _is_foreign(columns: Columns) -> bool:
    return not FOREIGN.isdisjoint(normal(name) for name in columns.found)


def _found(file: File) -> tuple[list[str], str]:
    return (_keys(file), "") if is_json(file) else header_of(file)


def _keys(file: File) -> list[str]:
    """Every key of the first objects, in order: a key may be missing where it has no value."""
    keys: dict[str, None] = {}
    for line in [each for each in file.head_text.split("\n") if each.strip()][:_SAMPLE]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            keys.update(dict.fromkeys(value))
    return list(keys)
