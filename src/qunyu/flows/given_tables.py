"""Given tables: a CSV or XLSX that somebody hands over for one page, read whole; either every line is right or nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from qunyu.events.columns import Kind
from qunyu.events.files import File
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


def lines_of(name: str, data: bytes, kind: Kind, titles: dict[str, str]) -> list[Line]:
    """The lines of the table; `titles` are what the columns are called, for who has others.

    Raises DomainError bad_table: too large, no table at all, or without the columns that `kind` needs.
    """
    if len(data) > MOST_BYTES:
        raise too_large()
    problems: list[Problem] = []
    opened = open_kind(File(name, len(data), lambda: BytesIO(data)), ReadOptions(), kind, problems)
    if opened is None or problems:
        raise _unreadable(problems, kind, titles)
    ours = {theirs: our for our, theirs in opened.columns.names.items()}
    found: list[Line] = []
    for number, cells in opened.table.rows:
        found.append(Line(number, {ours[key]: text for key, text in cells.items() if key in ours}))
        if len(found) > MOST_LINES:
            raise too_large()
    if problems:
        raise _unreadable(problems, kind, titles)
    return found


def too_large() -> DomainError:
    """What refuses a table beyond reason."""
    message = TOO_LARGE.fill(mb=MOST_BYTES // 1024**2, lines=MOST_LINES)
    return DomainError("bad_table", message, field="file")


def _unreadable(problems: list[Problem], kind: Kind, titles: dict[str, str]) -> DomainError:
    first = problems[0] if problems else Problem("no_rows", "")
    if first.code in ("missing_field", "unknown_column"):
        needed = {group[0] for group in kind.needs}
        others = [titles[each] for each in kind.fields if each not in needed]
        message = COLUMNS.fill(
            needed=", ".join(titles[each] for each in kind.fields if each in needed), others=", ".join(others)
        )
        return DomainError("bad_table", message, field="file")
    return DomainError("bad_table", first.message, field="file")


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
