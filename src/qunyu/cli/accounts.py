"""`qunyu user add`, `qunyu user password`, `qunyu user second-factor` and `qunyu token issue`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words

PASSWORD = click.password_option(help=help_text(Words("密码（不写则询问）", "the password (asked for when left out)")))
KEEP = click.option(
    "--keep-password",
    "keep",
    is_flag=True,
    help=help_text(
        Words(
            "本人登录时不必更换密码（默认须更换）",
            "the person need not choose another when they sign in (else they must)",
        )
    ),
)


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
@PASSWORD
@KEEP
def add_user(username: str, name: str, role: str, unit: str, password: str, keep: bool) -> None:
    """Makes the account and its grant in one transaction."""
    set_up()
    from django.db import transaction

    from qunyu.kernel.scope import system_scope
    from qunyu.people.actions import add_staff, grant
    from qunyu.people.queries import find_unit

    scope, now = system_scope("command line"), datetime.now(UTC)
    with transaction.atomic():
        staff = add_staff(by=scope, username=username, name=name, password=password, temporary=not keep, now=now)
        grant(by=scope, staff=staff, role=role, unit=find_unit(unit), now=now)
    click.echo(str(Words("已添加账号 {name}", "added the account {name}").fill(name=username)), err=True)


@user.command(
    name="password",
    help=help_text(Words("重设账号的密码，并结束其所有登录。", "Give an account a new password; its sessions end.")),
)
@click.argument("username")
@PASSWORD
@KEEP
def reset_password(username: str, password: str, keep: bool) -> None:
    """Also the way back for a director who forgot theirs."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.people.passwords import set_password
    from qunyu.people.queries import staff_called

    scope, now = system_scope("command line"), datetime.now(UTC)
    set_password(by=scope, staff=staff_called(username), password=password, temporary=not keep, now=now)
    click.echo(str(Words("已重设 {name} 的密码", "set the password of {name}").fill(name=username)), err=True)


@user.command(
    name="second-factor",
    help=help_text(
        Words(
            "查看账号的二次验证，或为丢失手机的人关闭它。",
            "Tell of an account's second factor, or take it away from somebody who lost it.",
        )
    ),
)
@click.argument("username")
@click.option(
    "--off",
    is_flag=True,
    help=help_text(Words("关闭，并结束其所有登录", "take it away and end the account's sessions")),
)
def second_factor(username: str, off: bool) -> None:
    """The way back for a director who lost phone and recovery codes."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.people.queries import staff_called
    from qunyu.people.second_factor import factor_of, reset_factor

    staff = staff_called(username)
    if off:
        reset_factor(by=system_scope("command line"), staff=staff, now=datetime.now(UTC))
    words = {
        True: Words("{name} 的二次验证：已开启", "second factor of {name}: on"),
        False: Words("{name} 的二次验证：未开启", "second factor of {name}: off"),
    }
    click.echo(str(words[factor_of(staff).on].fill(name=username)), err=True)


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
