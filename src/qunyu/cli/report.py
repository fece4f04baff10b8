"""`qunyu report`: from an export to the whole board, with no server, no account and no configuration."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qunyu.cli.options import Reading, reading_options
from qunyu.cli.problems import in_words, tell_problems, tell_summary
from qunyu.cli.progress import progress
from qunyu.cli.setting_up import thrown_away
from qunyu.cli.words import LANGUAGE, help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import Grain
from qunyu.kernel.words import Words, speaking

if TYPE_CHECKING:
    from qunyu.reports.page import Content

DEFAULT_ZONE = "Asia/Shanghai"


@click.command(
    help=help_text(Words("把聊天记录（和订单）变成一份报告。", "Turn chat exports (and orders) into a report."))
)
@reading_options
@click.option(
    "--timezone", "zone", default="", help=help_text(Words("以哪个时区划分日期", "the zone that sets the day"))
)
@click.option(
    "--grain",
    type=click.Choice(["day", "week", "month"]),
    default="month",
    show_default=True,
    help=help_text(Words("按日、周或月", "by day, week or month")),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help=help_text(Words("HTML 报告写到哪里（默认 report.html）", "where the HTML report goes (default report.html)")),
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path),
    default=None,
    help=help_text(
        Words("手机长图（PNG）写到哪里，适合发到群里", "where a long picture (PNG) goes, made to be posted in a group")
    ),
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=help_text(Words("在标准输出打印一个 JSON 对象", "print one JSON object on standard output")),
)
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default=LANGUAGE,
    show_default=True,
    help=help_text(Words("报告的语言", "language of the report")),
)
@click.option("--title", default="", help=help_text(Words("报告标题", "title of the report")))
def report(zone: str, grain: Grain, as_json: bool, language: Any, title: str, **given: Any) -> None:
    """Imports into a folder that is thrown away, and writes what comes out."""
    targets = _Targets(given.pop("out"), given.pop("picture"), as_json)
    request = Reading(**given).request()
    chosen = zone or os.environ.get("QUNYU_TIME_ZONE", DEFAULT_ZONE)
    from qunyu.flows.request import check_zone, checked

    check_zone(chosen)
    checked(request)
    targets.check()
    with thrown_away(chosen), speaking(language):
        targets.check_picture()
        made = _Made(request, grain)
        if as_json:
            click.echo(json.dumps(made.summary(), ensure_ascii=False))
        if targets.page:
            _write(targets.page, made.page(title or made.name).encode(), "--out", _PAGE_WRITTEN)
        if targets.picture:
            _write(targets.picture, made.picture(title or made.name), "--picture", _PICTURE_WRITTEN)


_PAGE_WRITTEN = Words("报告已写入 {path}", "the report is in {path}")
_PICTURE_WRITTEN = Words("图片已写入 {path}", "the picture is in {path}")


class _Targets:
    """The files to write, checked before minutes of reading; other reasons against them show when they are written."""

    def __init__(self, out: Path | None, picture: Path | None, as_json: bool) -> None:
        self.picture = picture
        self.page = out or (None if as_json or picture else Path("report.html"))

    def check(self) -> None:
        for target, option in ((self.page, "--out"), (self.picture, "--picture")):
            if target is not None:
                _check_target(target, option)
        if self.page and self.picture and self.page.resolve() == self.picture.resolve():
            message = Words(
                "--out 和 --picture 都是 {path}；请换一个 --picture",
                "--out and --picture are both {path}; choose another --picture",
            )
            raise DomainError("cannot_write", message.fill(path=self.picture))

    def check_picture(self) -> None:
        from qunyu.reports.drawing import check_drawing

        if self.picture:
            check_drawing()


def _check_target(target: Path, option: str) -> None:
    if target.is_dir():
        message = Words("{path} 是文件夹；请换一个 {option}", "{path} is a folder; choose another {option}")
        raise DomainError("cannot_write", message.fill(path=target, option=option))
    if not target.resolve().parent.is_dir():
        message = Words(
            "文件夹 {folder} 不存在；请先创建，或换一个 {option}",
            "the folder {folder} does not exist; make it, or choose another {option}",
        )
        raise DomainError("no_such_folder", message.fill(folder=target.resolve().parent, option=option))


def _write(target: Path, content: bytes, option: str, written: Words) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        message = Words(
            "无法写入 {path}：{reason}；请换一个 {option}", "cannot write {path}: {reason}; choose another {option}"
        )
        filled = message.fill(path=target, reason=error.strerror, option=option)
        raise DomainError("cannot_write", filled) from None
    click.echo(str(written.fill(path=target)), err=True)


class _Made:
    """The import done, and what can be said of it."""

    def __init__(self, request: Any, grain: Grain) -> None:
        from qunyu.flows.at_once import import_now
        from qunyu.flows.place import lake, place
        from qunyu.insights.board import board
        from qunyu.insights.question import Question
        from qunyu.insights.totals import totals
        from qunyu.kernel.scope import system_scope

        self.name = Path((request.parts[0].paths)[0]).stem
        self.now = datetime.now(UTC)
        with progress() as told:
            self.owner, self.result = import_now(request, title=self.name, now=self.now, progress=told)
        tell_summary(self.result)
        tell_problems(self._problems(), self.problem_count)
        self.scope, self.lake, self.zone = system_scope("report"), lake(), place().zone
        self.question = Question(grain=grain)
        self.board = board(self.lake, self.scope, self.question)
        self.totals = totals(self.lake, self.scope)

    @property
    def problem_count(self) -> int:
        return sum(self.result["problems"].values())

    def summary(self) -> dict[str, Any]:
        from qunyu.reports.summary import summary

        return summary(self.board, self.totals, self.problem_count)

    def _problems(self) -> list[Any]:
        from qunyu.events.queries import problems_of

        return list(problems_of(self.owner))

    def page(self, title: str) -> str:
        from qunyu.reports.page import render

        return render(self._content(title))

    def picture(self, title: str) -> bytes:
        """The same over as many periods as a picture has room for; it names the community when there is but one."""
        from qunyu.reports.cards import SPANS, latest
        from qunyu.reports.picture import picture

        content = self._content(title)
        names = list(content.by_community.keys.values())
        shown = [(str(Words("社群", "Community")), name) for name in names if len(names) == 1]
        return picture(replace(content, board=latest(self.board, SPANS[self.question.grain]), shown=shown))

    def _content(self, title: str) -> Content:
        from qunyu.insights.board import board
        from qunyu.insights.cohorts import cohorts
        from qunyu.insights.question import Question
        from qunyu.reports.page import Content

        grain = self.question.grain if self.question.grain != "day" else "week"
        return Content(
            title,
            self.board,
            board(self.lake, self.scope, Question(grain="all", by="community")),
            cohorts(self.lake, self.scope, Question(grain=grain)),
            self.totals,
            self.now,
            self.zone,
            [in_words(each) for each in self._problems()[:200]],
            self.problem_count,
        )
