"""`qunyu roster export` and `qunyu roster import`: the organisation as a table."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words

MADE = Words(
    "单位 {units} 个，账号 {accounts} 个，授权 {grants} 项", "{units} units, {accounts} accounts, {grants} grants"
)
WOULD = Words("将新建：", "would be made: ")
DID = Words("已新建：", "made: ")
INVITATIONS = Words("登录邀请（三天内有效，只能用一次）：", "invitations (good for three days, once):")


@click.group(help=help_text(Words("组织名册。", "The organisation as a table.")))
def roster() -> None:
    """Holds the commands about the roster."""


@roster.command(
    name="export", help=help_text(Words("把单位、账号和角色写成 CSV。", "Write units, accounts and roles as CSV."))
)
def export() -> None:
    """Writes on standard output what `import` reads."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.people.roster import COLUMNS, roster_of

    writer = csv.writer(sys.stdout)
    writer.writerow([each.key for each in COLUMNS])
    writer.writerows((each.unit, each.username, each.name, each.role) for each in roster_of(system_scope("roster")))


@roster.command(
    name="import",
    help=help_text(Words("从 CSV 或 XLSX 新建单位、账号和授权。", "Make units, accounts and grants from CSV or XLSX.")),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=help_text(Words("只检查，不写入", "check it and write nothing")))
def import_(file: Path, dry_run: bool) -> None:
    """Prints what was made, and the invitations of new accounts as addresses below the console's."""
    set_up()
    from django.urls import reverse

    from qunyu.kernel.scope import system_scope
    from qunyu.people.roster import read_roster, take_roster, try_roster

    lines = read_roster(file.name, file.read_bytes())
    take = try_roster if dry_run else take_roster
    outcome = take(by=system_scope("roster"), lines=lines, now=datetime.now(UTC))
    for wrong in outcome.wrong:
        click.echo(f"{file.name}:{wrong.line}: {wrong.message}", err=True)
    if outcome.wrong:
        sys.exit(1)
    made = MADE.fill(units=outcome.units, accounts=len(outcome.accounts), grants=outcome.grants)
    click.echo(f"{WOULD if dry_run else DID}{made}", err=True)
    if outcome.accounts and not dry_run:
        click.echo(str(INVITATIONS), err=True)
        for staff, token in outcome.accounts:
            click.echo(f"{staff.username}\t{reverse('console:invitation', args=[staff.public_id, token])}")
