"""`qunyu audit verify`, `qunyu audit head` and `qunyu audit restart`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words

WHOLE = Words("审计记录完整：核对 {n} 条", "the trail is whole: {n} entries checked")
BROKEN = Words("审计记录不完整：{n} 处", "the trail is not whole: {n} findings")
WAITING = Words("  另有 {n} 条尚未封存", "  {n} more are not sealed yet")
MENDED = Words("  其中 {n} 条的原因因个人信息删除而去掉了人名", "  in {n} of them a name was erased from the reason")
FINDING = Words("  条目 {entry}（封条 {number}）：{what}", "  entry {entry} (seal {number}): {what}")
MORE = Words("  还有 {n} 处", "  and {n} more")
SEALED = Words("新封存 {n} 条", "{n} sealed now")


@click.group(help=help_text(Words("审计记录是否完整。", "Whether the audit trail is whole.")))
def audit() -> None:
    """Holds the commands about the audit trail."""


@audit.command(help=help_text(Words("核对全部审计记录。", "Check every entry of the audit trail.")))
@click.option("--head", default="", help=help_text(Words("另行保存的链头（一行）", "a head kept elsewhere (one line)")))
@click.pass_context
def verify(context: click.Context, head: str) -> None:
    """Ends with 1 where an entry was changed, removed or inserted."""
    set_up()
    from qunyu.kernel.audit_chain import FINDINGS
    from qunyu.kernel.scope import system_scope
    from qunyu.people.trail import chain

    found = chain(system_scope("command line"), head)
    click.echo(str(WHOLE.fill(n=found.checked) if found.whole else BROKEN.fill(n=found.wrong)))
    for each in found.findings:
        told = {"entry": each.entry or "–", "number": each.number or "–"}
        what = FINDINGS[each.kind]
        line = Words(FINDING.zh.format(what=what.zh, **told), FINDING.en.format(what=what.en, **told))
        click.echo(str(line))
    for words, count in ((MORE, found.wrong - len(found.findings)), (MENDED, found.mended), (WAITING, found.waiting)):
        if count:
            click.echo(str(words.fill(n=count)))
    context.exit(0 if found.whole else 1)


@audit.command(
    name="head",
    help=help_text(
        Words("封存到此刻，输出链头，请另行保存。", "Seal up to now and print the head, to be kept elsewhere.")
    ),
)
def newest_head() -> None:
    """Prints one line; how many entries were sealed goes to standard error."""
    set_up()
    from qunyu.kernel.audit_chain import head, seal_entries

    count = seal_entries(datetime.now(UTC))
    click.echo(str(SEALED.fill(n=count)), err=True)
    last = head()
    if last is not None:
        click.echo(last.line)


@audit.command(
    help=help_text(
        Words(
            "数据库外的链头文件丢失，或恢复了旧备份后：从现有的最新封条继续封存，并把原因记入审计记录。",
            "After the file of heads was lost or a backup was restored: go on sealing from the newest seal there is; the trail keeps why.",
        )
    )
)
@click.option("--reason", required=True, help=help_text(Words("原因", "why")))
def restart(reason: str) -> None:
    """Prints the head that sealing goes on from; where none is sealed yet its number is 0."""
    set_up()
    from qunyu.kernel import audit_chain
    from qunyu.kernel.scope import system_scope
    from qunyu.members.profile import checked_reason

    who = replace(system_scope("command line").actor, reason=checked_reason(reason))
    click.echo(audit_chain.restart(by=who, now=datetime.now(UTC)).line)
