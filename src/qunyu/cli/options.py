"""Options that `report` and `import` share: what to read and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from qunyu.cli.words import help_text
from qunyu.flows.request import ImportRequest, parts_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

Command = Callable[..., Any]


def _option(*names: str, zh: str, en: str, **more: Any) -> Callable[[Command], Command]:
    return click.option(*names, help=help_text(Words(zh, en)), **more)


READING: tuple[Callable[[Command], Command], ...] = (
    click.argument("paths", nargs=-1, type=click.Path()),
    _option(
        "--orders", type=click.Path(), zh="订单表（CSV、XLSX 或对齐文本）", en="order file (CSV, XLSX or aligned text)"
    ),
    _option("--members", type=click.Path(), zh="成员名单", en="member list"),
    _option("--costs", type=click.Path(), zh="费用与曝光表", en="costs and exposures"),
    _option(
        "--source-timezone",
        "source_zone",
        default="",
        zh="记录中不带时区的时间属于哪个时区",
        en="zone of stamps that carry none",
    ),
    _option(
        "--map",
        "columns",
        multiple=True,
        metavar="OURS=THEIRS",
        zh="指定列：我们的字段=文件中的列名（可多次）",
        en="our field = the file's column (repeatable)",
    ),
    _option(
        "--format",
        "format_",
        default="",
        zh="指定聊天记录格式（qunyu formats list）",
        en="format of the chats (qunyu formats list)",
    ),
    _option(
        "--platform",
        default="",
        zh="指定平台（wechat、wecom、qq ……）",
        en="platform of the people (wechat, wecom, qq ...)",
    ),
    _option("--community", default="", zh="给没有名称的群命名", en="name of a group whose file has none"),
    _option(
        "--include",
        multiple=True,
        metavar="GLOB",
        zh="只读取名称匹配的文件（可多次）",
        en="only files whose name matches (repeatable)",
    ),
    _option(
        "--currency", default="CNY", show_default=True, zh="没有币种时的币种", en="currency of amounts without one"
    ),
    _option("--strict", is_flag=True, zh="有任何问题就不导入", en="import nothing if anything cannot be read"),
)


def reading_options(command: Command) -> Command:
    """Adds the options of reading to a command."""
    for option in reversed(READING):
        command = option(command)
    return command


@dataclass(frozen=True)
class Reading:
    """The options of reading as click hands them over."""

    paths: tuple[str, ...]
    orders: str | None
    members: str | None
    costs: str | None
    source_zone: str
    columns: tuple[str, ...]
    format_: str
    platform: str
    community: str
    include: tuple[str, ...]
    currency: str
    strict: bool

    def request(self) -> ImportRequest:
        """What to import.

        Raises DomainError nothing_named or bad_map.
        """
        tables = {"orders": self.orders, "members": self.members, "costs": self.costs}
        absolute = {yields: str(Path(path).resolve()) if path else None for yields, path in tables.items()}
        parts = parts_of(tuple(str(Path(path).resolve()) for path in self.paths), **absolute)
        if not parts:
            message = Words(
                "请给出聊天记录的路径，或 --orders 订单表", "name a chat export, or an order file with --orders"
            )
            raise DomainError("nothing_named", message)
        return ImportRequest(
            parts,
            source_zone=self.source_zone,
            columns=dict(_pair(each) for each in self.columns),
            community=self.community,
            platform=self.platform,
            format=self.format_,
            include=self.include,
            currency=self.currency,
            strict=self.strict,
        )


def _pair(text: str) -> tuple[str, str]:
    ours, sign, theirs = text.partition("=")
    if not sign or not ours or not theirs:
        message = Words(
            "--map {text} 无效；请写成 字段=列名，例如 --map amount=实付金额",
            "--map {text} is not valid; write FIELD=COLUMN, such as --map amount=paid",
        )
        raise DomainError("bad_map", message.fill(text=text), text=text)
    return ours.strip(), theirs.strip()
