"""`qunyu prospects`: who can be converted now."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words

UNIT = click.option(
    "--unit", default="", help=help_text(Words("组织单位的路径（默认最上级）", "path of the unit (the top by default)"))
)
DONE = Words("已计算：{people:,} 人；数据截至 {as_of}", "computed: {people:,} people; data up to {as_of}")
NO_LIST = Words("还没有名单；先运行 qunyu prospects renew", "there is no list yet; run qunyu prospects renew first")


@click.group(help=help_text(Words("可转化名单。", "Who can be converted now.")))
def prospects() -> None:
    """Holds the commands about prospects."""


@prospects.command(
    name="renew", help=help_text(Words("立即重新计算一个单位的名单。", "Compute the lists of a unit now."))
)
@UNIT
def renew(unit: str) -> None:
    """Prints how many people chances are told of."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.people.queries import find_unit
    from qunyu.prospects.measuring import measure
    from qunyu.prospects.weighing import weigh

    found, now = find_unit(unit), datetime.now(UTC)
    run = measure(by=system_scope("prospects"), unit=found, now=now)
    weigh(unit=found, now=now)
    click.echo(str(DONE.fill(people=run.people, as_of=run.as_of or "–")))


@prospects.command(
    name="list",
    help=help_text(
        Words("打印名单的前几名，每行一个 JSON 对象。", "Print the first of a list, one JSON object a line.")
    ),
)
@UNIT
@click.option(
    "--first",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help=help_text(Words("多少名", "how many")),
)
def show(unit: str, first: int) -> None:
    """Prints member, chance and signals; names stay in the console."""
    set_up()
    from qunyu.kernel.errors import DomainError
    from qunyu.kernel.scope import system_scope
    from qunyu.people.queries import find_unit
    from qunyu.prospects.queries import Wanted, find_list
    from qunyu.prospects.queries import prospects as listed

    scope = system_scope("prospects")
    _, run = find_list(scope, find_unit(unit).public_id)
    if run is None:
        raise DomainError("no_list_yet", NO_LIST)
    for row in listed(scope, run, Wanted(), datetime.now(UTC))[:first]:
        told = {
            "rank": row.rank,
            "member": row.member.public_id,
            "chance": row.chance,
            "low": row.low,
            "high": row.high,
        }
        click.echo(json.dumps({**told, "reason": row.reason, "signals": row.signals.strip(",").split(",")}))
