"""DiscordChatExporter, CSV: newer files with commas and author ids, older ones with semicolons, with ids or without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from qunyu.events.cell_times import ORDERS, DateOrder, date_order, is_year_last, moment
from qunyu.events.cells import Unreadable
from qunyu.events.csv_rows import csv_rows, header_of
from qunyu.events.discord import Line, Place, content_of_file, place_named, system_line
from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.kernel.words import Words

HEADER = ("Author", "Date", "Content", "Attachments", "Reactions")
Row = Mapping[str, str]
_MONTH_NAMED = re.compile(r"(\d{1,2})-([A-Z][a-z]{2})-(\d{2,4})\b")
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_REACTION = re.compile(r"([^,(]+?) \((\d+)\)")


def recognise(file: File, options: ReadOptions) -> float:
    """Certain by the exporter's header, whatever its delimiter."""
    return 1.0 if _columns(file) else 0.0


def _columns(file: File) -> Sequence[str]:
    """The names of the columns; () when this is no such file. Older headers end in a semicolon."""
    names = [name for name in header_of(file)[0] if name]
    return names if tuple(names) in (HEADER, ("AuthorID", *HEADER)) else ()


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """Dates are ISO with a zone in files since 2023, else written as the exporting computer's settings had it."""
    if not _columns(file):
        yield Problem("unknown_format", file.name)
        return
    order, guessed = _order(file, options)
    if guessed:
        yield Problem("ambiguous_dates", file.name, 0, {"chosen": order})
    place = place_named(file.name, options.community)
    for row in _rows(file):
        yield row if isinstance(row, Problem) else _record(row, place, order, options, file.name)


def _rows(file: File) -> Iterator[tuple[int, Row] | Problem]:
    names, delimiter = _columns(file), header_of(file)[1]
    for number, found in enumerate(csv_rows(file, delimiter)):
        if isinstance(found, Problem):
            yield found
            continue
        line, cells = found
        if number == 0:
            continue
        if len(cells) < len(names) or any(cells[len(names) :]):
            yield Problem("not_a_record", file.name, line, {"format": "Discord CSV"})
        else:
            yield line, dict(zip(names, cells, strict=False))


def _order(file: File, options: ReadOptions) -> tuple[DateOrder, bool]:
    """The order of day and month, and whether nothing in the file shows it."""
    if told := ORDERS.get(options.columns.get("date_order", "")):
        return told, False
    dates = [_numbered(row[1]["Date"]) for row in _rows_of_head(file)]
    if not any(is_year_last(date) for date in dates):
        return "mdy", False
    if any(_MONTH_NAMED.match(row[1]["Date"]) for row in _rows_of_head(file)):
        return "dmy", False
    return date_order(_numbered(row[1]["Date"]) for row in _rows(file) if not isinstance(row, Problem))


def _rows_of_head(file: File) -> Iterator[tuple[int, Row]]:
    for number, row in enumerate(_rows(file)):
        if number == 50:
            return
        if not isinstance(row, Problem):
            yield row


def _numbered(date: str) -> str:
    """The date with the month as a number: exporters before 2020 wrote 25-Dec-19 09:14 PM."""
    return _MONTH_NAMED.sub(lambda found: f"{found[1]}-{_MONTHS.find(found[2]) // 3 + 1:02}-{found[3]}", date)


def _record(
    numbered: tuple[int, Row], place: Place, order: DateOrder, options: ReadOptions, name: str
) -> Record | Problem:
    line, row = numbered
    try:
        at = moment(_numbered(row["Date"]), options.source_zone, order)
    except Unreadable as error:
        code = error.code if error.code == "impossible_time" else "bad_time"
        return Problem(code, name, line, {"value": row["Date"][:40]})
    author, text, files = row["Author"], row["Content"], row["Attachments"]
    kind, who = (system_line(text) if not files else None) or Line("message")
    author_id, other_id, other = row.get("AuthorID", ""), "", ""
    if who:
        author, author_id, other, other_id = who, "", author, author_id
    subject = _subject(text, files) if kind == "message" else ""
    shown = text if kind in ("message", "notice") else ""
    return Record(
        kind, at, place.key, place.name, author_id, author, shown, "", subject, other_id, other, False, _meta(row), line
    )


def _subject(text: str, files: str) -> str:
    if files:
        return content_of_file(files.partition(",")[0])
    return "link" if text.startswith(("http://", "https://")) and len(text.split()) == 1 else "text"


def _meta(row: Row) -> Mapping[str, object] | None:
    meta: dict[str, object] = {}
    if row["Attachments"]:
        meta["files"] = row["Attachments"].count(",") + 1
    if reactions := {found[1]: int(found[2]) for found in _REACTION.finditer(row["Reactions"])}:
        meta["reactions"] = reactions
    return meta or None


READERS = (
    Reader(
        key="discord_csv",
        platform="discord",
        title=Words("Discord 频道（DiscordChatExporter CSV）", "Discord channel (DiscordChatExporter CSV)"),
        recognise=recognise,
        read=read,
        example=Example(
            "Tea House - Rooms - green [800000000000000002].csv",
            (
                "AuthorID,Author,Date,Content,Attachments,Reactions\n"
                '"700000000000000001","mei","2021-03-01T16:16:39.5000000+00:00","Joined the server.","",""\n'
                '"700000000000000001","mei","2021-03-01T16:17:03.3000000+00:00","two\nlines","",""\n'
                '"700000000000000002","tom","2021-03-01T16:18:03.0000000+00:00","","a.png,b.png","🍵 (2)"\n'
            ).encode(),
            {"message": 2, "joined": 1},
        ),
    ),
)
