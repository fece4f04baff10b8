"""`qunyu segment list`, `show`, `count` and `export`: people by conditions."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from qunyu.segments.models import Segment

ASKED = help_text(Words("人群的编号或名称", "id or name of a segment"))


@click.group(help=help_text(Words("人群：按条件找人。", "Segments: people by conditions.")))
def segment() -> None:
    """Holds the commands about segments."""


@segment.command(name="list", help=help_text(Words("列出人群与最近人数。", "List segments with their latest size.")))
def list_segments() -> None:
    """One segment a line: id, latest size and its day ("-" before the first count), unit, name."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.segments.queries import segments, sizes

    rows = list(segments(system_scope("command line")))
    found = sizes([each.pk for each in rows])
    for each in rows:
        sized = found.get(each.pk)
        told = f"{sized.size}\t{sized.day}" if sized else "-\t-"
        click.echo(f"{each.public_id}\t{told}\t{each.unit.name}\t{each.name}")


@segment.command(help=help_text(Words("显示一个人群的条件。", "Show the condition of a segment.")))
@click.argument("which", metavar="SEGMENT")
def show(which: str) -> None:
    """The condition as text."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.segments.conditions import Speaker

    speaker = Speaker(system_scope("command line"))
    click.echo(speaker.text(speaker.from_json(named_segment(which).condition)))


@segment.command(
    help=help_text(Words("统计人群，或统计 --text 写的条件。", "Count a segment, or a condition given with --text."))
)
@click.argument("which", metavar="[SEGMENT]", required=False)
@click.option("--text", help=help_text(Words("用文字写的条件", "a condition as text")))
def count(which: str | None, text: str | None) -> None:
    """How many people are in it now."""
    set_up()
    click.echo(len(_members(which, text)))


@segment.command(
    help=help_text(Words("把人群中的人写成 CSV（编号、名字）。", "Write who is in a segment as CSV (id, name)."))
)
@click.argument("which", metavar="[SEGMENT]", required=False)
@click.option("--text", help=help_text(Words("用文字写的条件", "a condition as text")))
def export(which: str | None, text: str | None) -> None:
    """Writes on standard output."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.members.queries import among

    writer = csv.writer(sys.stdout)
    writer.writerow(("member_id", "name"))
    rows = among(system_scope("command line"), _members(which, text)).order_by("name", "pk")
    writer.writerows(rows.values_list("public_id", "name").iterator())


def _members(which: str | None, text: str | None) -> list[int]:
    from qunyu.kernel.scope import system_scope
    from qunyu.segments.conditions import Speaker
    from qunyu.segments.queries import members_in

    if (which is None) == (text is None):
        message = Words("请给出一个人群，或用 --text 写一个条件", "name a segment, or give a condition with --text")
        raise DomainError("nothing_named", message)
    scope, now = system_scope("command line"), datetime.now(UTC)
    asked = named_segment(which) if which is not None else Speaker(scope).from_text(text or "")
    found: list[int] = members_in(scope, asked, now).tolist()
    return found


def named_segment(which: str) -> Segment:
    """The segment of that id, or the only one of that name.

    Raises DomainError unknown_segment or several_segments.
    """
    from qunyu.kernel.scope import system_scope
    from qunyu.segments.queries import find_segment, segments

    scope = system_scope("command line")
    named = list(segments(scope).filter(name=which))
    if len(named) > 1:
        message = Words("有 {n} 个人群叫“{name}”，请用编号", "{n} segments are called “{name}”; name one by its id")
        raise DomainError("several_segments", message.fill(n=len(named), name=which))
    return named[0] if named else find_segment(scope, which)
