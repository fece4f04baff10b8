"""`qunyu points`: balances, giving, expiry, and the proof that the books are right."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

MEMBER = click.argument("member")
PROGRAMME = click.option(
    "--programme",
    default="",
    help=help_text(Words("方案编号（只有一个时可省略）", "id of the programme (none for the only one)")),
)
RIGHT = Words("账目正确：{n} 笔变动", "the books are right: {n} movements")
WHICH = Words("请用 --programme 指定方案", "name the programme with --programme")
EXPIRED = Words("{n} 积分已过期", "{n} points expired")
LINE = Words("{name}：可用 {points}，所欠 {owed}", "{name}: {points} to spend, {owed} owed")
SOON = Words("  {day} 过期 {points}", "  {points} expire on {day}")
GIVEN = Words("已记账，编号 {id}", "done, movement {id}")


@click.group(help=help_text(Words("积分账本。", "The ledger of points.")))
def points() -> None:
    """Holds the commands about points."""


def _programme(chosen: str) -> Any:
    from qunyu.kernel.scope import system_scope
    from qunyu.loyalty.programmes import find_programme, programmes

    scope = system_scope("points")
    if chosen:
        return find_programme(scope, chosen)
    found = list(programmes(scope)[:2])
    if len(found) != 1:
        raise DomainError("unknown_programme", WHICH)
    return found[0]


@points.command(name="balance", help=help_text(Words("一个成员的积分余额。", "What a member has.")))
@MEMBER
def balance(member: str) -> None:
    """Prints each programme's balance and what expires when."""
    set_up()
    from qunyu.communities.duties import local_day
    from qunyu.kernel.scope import system_scope
    from qunyu.loyalty.accounts import balances
    from qunyu.members.queries import find_person

    scope = system_scope("points")
    for each in balances(scope, find_person(scope, member), local_day(datetime.now(UTC))):
        click.echo(str(LINE.fill(name=each.programme.name, points=each.points, owed=each.owed)))
        for day, count in each.expiring:
            click.echo(str(SOON.fill(day=day, points=count)))


@points.command(name="give", help=help_text(Words("发放积分（负数为扣减）。", "Give points (below 0: take them).")))
@MEMBER
@click.argument("count", type=int)
@click.option("--reason", required=True, help=help_text(Words("原因", "why")))
@click.option("--key", default="", help=help_text(Words("幂等键：同一键只记一次", "done once for each key")))
@PROGRAMME
def give(member: str, count: int, reason: str, key: str, programme: str) -> None:
    """Prints the movement's id."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.loyalty.ledger import Gift, move
    from qunyu.members.queries import find_person

    scope = system_scope("points")
    who, where = find_person(scope, member), _programme(programme)
    done = move(by=scope, programme=where, member=who, gift=Gift(count, reason, key), now=datetime.now(UTC))
    click.echo(str(GIVEN.fill(id=done.public_id)))


@points.command(name="expire", help=help_text(Words("立即处理到期积分。", "Book what has expired by now.")))
def expire() -> None:
    """Prints how many points expired."""
    set_up()
    from qunyu.communities.duties import local_day
    from qunyu.kernel.scope import system_scope
    from qunyu.loyalty.ledger import expire_due

    now = datetime.now(UTC)
    count = expire_due(by=system_scope("points"), today=local_day(now), now=now)
    click.echo(str(EXPIRED.fill(n=f"{count:,}")))


@points.command(name="check", help=help_text(Words("核对账目。", "Prove the books.")))
def check() -> None:
    """Prints what does not add up and ends with 1, or that everything does."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.loyalty.ledger import check, count_movements
    from qunyu.loyalty.programmes import programmes

    flaws = check()
    for each in flaws:
        click.echo(f"{each.code} #{each.key}: {each.says} ≠ {each.should}", err=True)
    if flaws:
        sys.exit(1)
    count = sum(sum(count_movements(each).values()) for each in programmes(system_scope("points")))
    click.echo(str(RIGHT.fill(n=f"{count:,}")))
