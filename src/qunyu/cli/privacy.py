"""`qunyu privacy export`, `qunyu privacy erase` and `qunyu privacy verify-receipt`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words

MEMBER = click.argument("member")


@click.group(
    help=help_text(Words("个人信息：导出、删除、核验回执。", "Personal data: export, erase, verify receipts."))
)
def privacy() -> None:
    """Holds the commands about personal data."""


@privacy.command(
    help=help_text(Words("把一位成员的全部信息导出为 ZIP。", "Write all that is kept of a member to a ZIP."))
)
@MEMBER
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(member: str, file: Path) -> None:
    """At once, without waiting for a worker."""
    set_up()
    from qunyu.jobs.port import run_now
    from qunyu.kernel.scope import system_scope
    from qunyu.members.queries import find_person
    from qunyu.privacy import exporting
    from qunyu.privacy.requests import Asked, find_request, open_request

    scope, now = system_scope("command line"), datetime.now(UTC)
    asked = Asked("company", "form", "none")
    row = open_request(by=scope, member=find_person(scope, member), kind="export", asked=asked, now=now)
    exporting.begin(by=scope, request=row, now=now)
    run_now("privacy.export", request=row.pk)
    file.write_bytes(
        exporting.download(by=scope, request=find_request(scope, row.public_id), now=datetime.now(UTC)).read_bytes()
    )
    click.echo(str(Words("已导出到 {file}", "exported to {file}").fill(file=file)), err=True)


@privacy.command(
    help=help_text(Words("永久删除一位成员的信息，并输出回执。", "Erase a member for good, and print the receipt."))
)
@MEMBER
@click.option("--name", required=True, help=help_text(Words("成员的名字（确认）", "the member’s name, to confirm")))
@click.option("--reason", required=True, help=help_text(Words("原因", "why")))
@click.option(
    "--keep",
    multiple=True,
    help=help_text(Words("依法保留的种类，如 orders", "a kind the law lets you keep, such as orders")),
)
def erase(member: str, name: str, reason: str, keep: tuple[str, ...]) -> None:
    """At once, without waiting for a worker; one that broke off goes on in the night."""
    set_up()
    from django.db import transaction

    from qunyu.jobs.port import load, run_now
    from qunyu.kernel.scope import system_scope
    from qunyu.members.queries import find_person
    from qunyu.privacy import erasing, receipts
    from qunyu.privacy.requests import Asked, find_request, open_request

    scope, now = system_scope("command line"), datetime.now(UTC)
    asked = Asked("company", "form", "none")
    load()
    with transaction.atomic():  # what is refused leaves no open request behind
        row = open_request(by=scope, member=find_person(scope, member), kind="erasure", asked=asked, now=now)
        erasing.confirm(by=scope, request=row, typed=name, reason=reason, kept=keep, now=now)
    run_now("privacy.erase", request=row.pk)
    receipt = find_request(scope, row.public_id).receipt
    click.echo(json.dumps(receipts.document(receipt), ensure_ascii=False, indent=1))


@privacy.command(name="verify-receipt", help=help_text(Words("核验删除回执。", "Verify the receipt of an erasure.")))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def verify_receipt(context: click.Context, file: Path) -> None:
    """Ends with 1 for a receipt that was not made here or was changed."""
    set_up()
    from qunyu.privacy.receipts import UNREADABLE, is_genuine

    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise click.ClickException(str(UNREADABLE)) from None
    genuine = is_genuine(given)
    words = (
        Words("回执有效", "the receipt is genuine")
        if genuine
        else Words("回执无效或被改动", "not made here, or changed")
    )
    click.echo(str(words))
    context.exit(0 if genuine else 1)
