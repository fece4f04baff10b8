"""`qunyu import` and `qunyu undo`: into and out of a deployment that lasts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from qunyu.cli.options import Reading, reading_options
from qunyu.cli.problems import tell_problems, tell_summary
from qunyu.cli.progress import progress
from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words


@click.command(
    name="import", help=help_text(Words("导入聊天记录、订单、成员或费用。", "Import chats, orders, members or costs."))
)
@reading_options
@click.option(
    "--unit",
    default="",
    help=help_text(
        Words(
            "归入哪个组织单位（路径，如 华东大区/上海店；默认总部）",
            "unit they belong to, as a path of names (default: the root)",
        )
    ),
)
def import_(unit: str, **reading: Any) -> None:
    """Does the import in this process, after whoever else is writing; prints its id on standard output."""
    request = Reading(**reading).request()
    set_up()
    from qunyu.events.queries import problems_of
    from qunyu.flows.alerting import renew
    from qunyu.flows.at_once import import_now
    from qunyu.flows.labelling import label
    from qunyu.flows.suggesting import suggest

    title = Path(request.parts[0].paths[0]).name
    with progress() as told:
        opened, summary = import_now(request, title=title, now=datetime.now(UTC), progress=told, unit=unit)
        told("labels", 0)
        label(now=datetime.now(UTC), imports=[opened.pk])
        told("alerts", 0)
        renew(now=datetime.now(UTC))
        suggest(now=datetime.now(UTC))
    tell_summary(summary)
    tell_problems(list(problems_of(opened)), sum(summary["problems"].values()))
    click.echo(opened.public_id)


@click.command(
    help=help_text(Words("撤销一次导入：只移除仅由它提供的内容。", "Undo an import: removes what only it supplied."))
)
@click.argument("import_id")
def undo(import_id: str) -> None:
    """Undoes in this process, after whoever else is writing."""
    set_up()
    from qunyu.events.actions import begin_undo
    from qunyu.events.queries import find_import
    from qunyu.flows.alerting import renew
    from qunyu.flows.labelling import label
    from qunyu.flows.place import place
    from qunyu.flows.suggesting import suggest
    from qunyu.flows.undoing import run
    from qunyu.kernel.scope import system_scope

    scope, now = system_scope("command line"), datetime.now(UTC)
    owner = find_import(scope, import_id)
    begin_undo(by=scope, owner=owner, now=now)
    removed = run(owner.pk, place=place(), now=now)
    label(now=now)
    renew(now=now)
    suggest(now=now)
    text = Words(
        "已移除：{facts:,} 条记录、{orders:,} 个订单、{identities:,} 个身份、{communities:,} 个社群",
        "removed: {facts:,} facts, {orders:,} orders, {identities:,} identities, {communities:,} communities",
    )
    click.echo(str(text.fill(**removed)), err=True)
