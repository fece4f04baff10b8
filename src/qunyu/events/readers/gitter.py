"""Gitter room archives: TSV without a header, newest message first."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from qunyu.events.files import LINE_BYTES, File
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.events.stamps import parse_iso, why_no_time
from qunyu.kernel.words import Words

FIELDS = 7
# Gitter dropped the author of messages whose account was deleted; all of these speak as one.
DELETED = ("deleted-account", "(deleted account)")
HEX_ID = frozenset("0123456789abcdef")


def recognise(file: File, options: ReadOptions) -> float:
    """Certain when the first line has seven fields, the first and sixth being 24 hex digits."""
    first = file.head_text.partition("\n")[0].split("\t")
    if len(first) < FIELDS:
        return 0.0
    return 1.0 if _is_id(first[0]) and _is_id(first[5]) else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """Columns: room_id, room_uri, sent_at (UTC), from_userid, from_username, message_id, text (quoted, many lines)."""
    csv.field_size_limit(LINE_BYTES)
    problems: list[Problem] = []
    rows = csv.reader((text + "\n" for _, text in file.lines(problems)), delimiter="\t")
    try:
        for row in rows:
            if problems:
                yield from problems
                problems.clear()
            yield _record(row, rows.line_num, file.name, options)
    except csv.Error as error:
        yield Problem("truncated", file.name, rows.line_num, {"reason": str(error)})
    yield from problems


def _record(row: list[str], line: int, name: str, options: ReadOptions) -> Record | Problem:
    if len(row) != FIELDS:
        return Problem("not_a_record", name, line, {"format": "Gitter"})
    room, uri, sent_at, author, username, message, text = row
    at = parse_iso(sent_at, options.source_zone)
    if at is None:
        return Problem(why_no_time(sent_at), name, line, {"value": sent_at[:40]})
    if not author:
        author, username = DELETED
    return Record("message", at, room, uri, author, username, text, message, "text", "", "", False, None, line)


def _is_id(value: str) -> bool:
    return len(value) == 24 and HEX_ID.issuperset(value)


_ROOM, _ANN = "5a" * 12, "6b" * 12
READERS = (
    Reader(
        key="gitter",
        platform="gitter",
        title=Words("Gitter 聊天室归档（TSV）", "Gitter room archive (TSV)"),
        recognise=recognise,
        read=read,
        example=Example(
            "Tea.tsv",
            (
                f'{_ROOM}\tshop/Tea\t2016-03-01T02:00:05.000Z\t{_ANN}\tann\t{"7c" * 12}\t"two\nlines"\n'
                f"{_ROOM}\tshop/Tea\t2016-03-01T01:59:00.000Z\t{_ANN}\tann\t{'7d' * 12}\thello\n"
            ).encode(),
            {"message": 2},
        ),
    ),
)
