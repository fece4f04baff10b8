"""Given tables: a CSV or XLSX that somebody hands over for one page, read whole; either every line is right or nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from qunyu.events.cells import undefused
from qunyu.events.columns import Kind, normal
from qunyu.events.files import File
from qunyu.events.own_columns import column_twice, no_column, refuse_junk
from qunyu.events.problems import Problem
from qunyu.events.reading import ReadOptions
from qunyu.events.tables import open_kind
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import BAD_DAY
from qunyu.kernel.words import Words

MOST_BYTES, MOST_LINES = 5 * 1024 * 1024, 5_000
# A page shows so many; who has more mistakes than that sees the others the next time.
TOLD = 20

TOO_LARGE = Words(
    "文件超过 {mb} MB 或 {lines} 行；请分成几个文件", "the file has more than {mb} MB or {lines} lines; split it"
)
COLUMNS = Words(
    "表格须有这些列：{needed}；可选：{others}", "the table needs the columns {needed}; and may have {others}"
)
EITHER = Words(" 或 ", " or ")
NAMELESS = Words(
    "第 {line} 行第 {column} 列有内容，但这一列没有列名",
    "line {line} has something in column {column}, which has no name",
)
WRONG = Words(
    "有 {n} 行需要修改，什么都没有导入：{lines}", "{n} lines are to be mended, nothing was taken over: {lines}"
)
LINE = Words("第 {line} 行：{message}", "line {line}: {message}")


@dataclass(frozen=True)
class Taken:
    """What a table led to: entries `added`, those that were there `already`, and chat people `linked`."""

    added: int = 0
    already: int = 0
    linked: int = 0


@dataclass(frozen=True)
class Line:
    """One line of the table: its number in the file, and the text of each field that it has."""

    number: int
    cells: dict[str, str]

    def text(self, name: str) -> str:
        """The field's text, "" where there is none."""
        return self.cells.get(name, "").strip()


@dataclass
class Wrong:
    """What is wrong with the lines of a table."""

    lines: list[tuple[int, Words]] = field(default_factory=list)

    def note(self, line: Line, error: DomainError) -> None:
        """Notes what was refused at `line`."""
        self.lines.append((line.number, error.message))

    def refuse(self) -> None:
        """Raises DomainError bad_lines when anything was noted."""
        if not self.lines:
            return
        told = [_at(number, words) for number, words in self.lines[:TOLD]]
        zh, en = "；".join(each.zh for each in told), "; ".join(each.en for each in told)
        more = len(self.lines) > TOLD
        zh, en = (zh + " ……", en + " …") if more else (zh, en)
        words = Words(WRONG.zh.format(n=len(self.lines), lines=zh), WRONG.en.format(n=len(self.lines), lines=en))
        raise DomainError("bad_lines", words, field="file", lines=told)


def _at(number: int, words: Words) -> Words:
    return Words(LINE.zh.format(line=number, message=words.zh), LINE.en.format(line=number, message=words.en))


def lines_of(name: str, data: bytes, kind: Kind, titles: dict[str, str], besides: str = "") -> list[Line]:
    """The lines of the table; `titles` are what the columns are called, for who has others.

    `besides` are names, with blanks between, of columns that our exports have for people to read; they are passed over.

    Raises DomainError bad_table: too large, no table at all, or without the columns that `kind` needs; unknown_column.
    """
    if len(data) > MOST_BYTES:
        raise too_large()
    problems: list[Problem] = []
    file = File(name, len(data), lambda: BytesIO(data))
    refuse_junk(file)
    opened = open_kind(file, ReadOptions(), kind, problems)
    if opened is None or problems:
        raise _unreadable(problems, kind, titles)
    ours = {theirs: our for our, theirs in opened.columns.names.items()}
    nameless = _check_columns([each for each in opened.table.header if each not in ours], kind, titles, besides)
    found: list[Line] = []
    for number, cells in opened.table.rows:
        _check_nameless(number, cells, nameless)
        found.append(Line(number, {ours[key]: undefused(text) for key, text in cells.items() if key in ours}))
        if len(found) > MOST_LINES:
            raise too_large()
    if problems:
        raise _unreadable(problems, kind, titles)
    return found


def _check_columns(others: list[str], kind: Kind, titles: dict[str, str], besides: str) -> list[str]:
    """The columns of `others` that have no name; spreadsheets leave empty ones.

    Raises DomainError unknown_column for any that is neither ours nor named in `besides`.
    """
    names = {each for synonyms in kind.fields.values() for each in synonyms}
    told, passed = ", ".join(titles[each] for each in kind.fields), {normal(each) for each in besides.split()}
    for each in others:
        called = normal(each.partition("#")[0])
        if called in {normal(name) for name in names}:
            raise column_twice(each.partition("#")[0])
        if called not in passed and not each.isdecimal():
            raise no_column(each, told, names)
    return [each for each in others if each.isdecimal()]


def _check_nameless(number: int, cells: dict[str, str], nameless: list[str]) -> None:
    if filled := next((each for each in nameless if cells.get(each, "").strip()), ""):
        raise DomainError("bad_table", NAMELESS.fill(line=number, column=filled), field="file")


def too_large() -> DomainError:
    """What refuses a table beyond reason."""
    message = TOO_LARGE.fill(mb=MOST_BYTES // 1024**2, lines=MOST_LINES)
    return DomainError("bad_table", message, field="file")


def _unreadable(problems: list[Problem], kind: Kind, titles: dict[str, str]) -> DomainError:
    first = problems[0] if problems else Problem("no_rows", "")
    if first.code in ("missing_field", "unknown_column"):
        return DomainError("bad_table", _needed(kind, titles), field="file")
    return DomainError("bad_table", first.message, field="file")


def _needed(kind: Kind, titles: dict[str, str]) -> Words:
    """Which columns there must be, of those that may stand for one another every one."""
    needed = {each for group in kind.needs for each in group}
    others = ", ".join(titles[each] for each in kind.fields if each not in needed)
    zh, en = (
        ", ".join(either.join(titles[each] for each in group) for group in kind.needs)
        for either in (EITHER.zh, EITHER.en)
    )
    return Words(COLUMNS.zh.format(needed=zh, others=others), COLUMNS.en.format(needed=en, others=others))


def day_of(text: str) -> date | None:
    """The day that a cell writes, like 2026-03-01 or 2026/03/01, perhaps with a time behind it; None for an empty one.

    Raises DomainError bad_day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10].replace("/", "-"))
    except ValueError:
        raise DomainError("bad_day", BAD_DAY.fill(value=text)) from None


def each_line(lines: list[Line], take: Callable[[Line], str]) -> Taken:
    """Takes every line; `take` says what it led to: words of "added", "already" and "linked", with blanks between.

    Raises DomainError bad_lines with all that `take` refused, for the caller's transaction to end.
    """
    wrong = Wrong()
    counts = dict.fromkeys(("added", "already", "linked"), 0)
    for line in lines:
        try:
            for word in take(line).split():
                counts[word] += 1
        except DomainError as error:
            wrong.note(line, error)
    wrong.refuse()
    return Taken(**counts)
