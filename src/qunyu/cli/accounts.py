"""`qunyu user add` and `qunyu token issue`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words


@click.group(help=help_text(Words("账号。", "Accounts.")))
def user() -> None:
    """Holds the commands about accounts."""


@user.command(name="add", help=help_text(Words("添加账号并授予角色。", "Add an account and grant it a role.")))
@click.argument("username")
@click.option("--name", default="", help=help_text(Words("姓名", "the person's name")))
@click.option("--role", default="director", show_default=True, help=help_text(Words("角色代码", "the role's code")))
@click.option(
    "--unit",
    default="",
    help=help_text(Words("组织单位（路径；默认总部）", "unit, as a path of names (default: the root)")),
)
@click.password_option(help=help_text(Words("密码（不写则询问）", "the password (asked for when left out)")))
def add_user(username: str, name: str, role: str, unit: str, password: str) -> None:
    """Makes the account and its grant in one transaction."""
    set_up()
    from django.db import transaction

    from qunyu.kernel.scope import system_scope
    from qunyu.people.actions import add_staff, grant
    from qunyu.people.queries import find_unit

    scope, now = system_scope("command line"), datetime.now(UTC)
    with transaction.atomic():
        staff = add_staff(by=scope, username=username, name=name, password=password, now=now)
        grant(by=scope, staff=staff, role=role, unit=find_unit(unit), now=now)
    click.echo(str(Words("已添加账号 {name}", "added the account {name}").fill(name=username)), err=True)


@click.group(help=help_text(Words("API 令牌。", "API tokens.")))
def token() -> None:
    """Holds the commands about tokens."""


@token.command(
    name="issue", help=help_text(Words("签发 API 令牌（只显示这一次）。", "Issue an API token (shown this once)."))
)
@click.argument("username")
@click.option("--name", default="cli", show_default=True, help=help_text(Words("用途", "what it is for")))
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=90,
    show_default=True,
    help=help_text(Words("有效天数", "days until it expires")),
)
def issue(username: str, name: str, days: int) -> None:
    """Prints the secret on standard output."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.people.actions import issue_token
    from qunyu.people.queries import staff_called

    now = datetime.now(UTC)
    staff = staff_called(username)
    _, secret = issue_token(
        by=system_scope("command line"), staff=staff, name=name, expires_at=now + timedelta(days=days), now=now
    )
    click.echo(secret)
