"""Workbooks (XLSX) as rows of cells, after a look at what they would unpack to."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from typing import IO, BinaryIO, cast

from qunyu.events.delimited import Row
from qunyu.events.files import File
from qunyu.events.problems import Problem

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Excel's limit of 1,048,576 rows by twenty columns of text stays below this; real sheets pack 5 to 50 times.
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_ABOVE = 16 * 1024 * 1024
MAX_MEMBERS = 10_000
IN_MEMORY = 8 * 1024 * 1024

# What openpyxl and zipfile raise over damaged content.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    SyntaxError,
    RuntimeError,
    NotImplementedError,
)


def is_workbook(file: File) -> bool:
    """Whether the content is a zip that begins like a workbook, whatever the file is called."""
    inside = b"[Content_Types].xml" in file.head or b"xl/" in file.head
    return file.head.startswith(ZIP_MAGIC) and (inside or file.name.lower().endswith((".xlsx", ".xlsm")))


def sheets(file: File, problems: list[Problem]) -> Iterator[Iterator[Row]]:
    """The rows of each visible sheet in turn; a dangerous or damaged workbook gives one Problem and no (more) rows."""
    try:
        with closing(_seekable(file)) as stream:
            if refusal := _refusal(stream, file.name):
                problems.append(refusal)
                return
            yield from _sheets(stream, file.name, problems)
    except DAMAGE as error:
        problems.append(_damaged(file.name, error))


def _sheets(stream: IO[bytes], name: str, problems: list[Problem]) -> Iterator[Iterator[Row]]:
    # Seven megabytes that server and worker need not hold until somebody imports a workbook.
    from openpyxl import load_workbook

    book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    with closing(book):
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            # The size a sheet claims is often wrong; without it every row is as long as its cells.
            sheet.reset_dimensions()
            yield _rows(sheet.iter_rows(values_only=True), name, problems)


def _rows(values: Iterator[tuple[object, ...]], name: str, problems: list[Problem]) -> Iterator[Row]:
    line = 0
    try:
        for line, cells in enumerate(values, 1):
            yield line, [as_text(cell) for cell in cells]
    except DAMAGE as error:
        problems.append(_damaged(name, error, line))


def as_text(value: object) -> str:
    """A cell as it would be typed: whole floats without a point, times in ISO, nothing as the empty text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _seekable(file: File) -> IO[bytes]:
    """The bytes in a form one can jump about in: a zip's directory stands at its end."""
    stream: BinaryIO = file.open()
    if stream.seekable() and not isinstance(stream, zipfile.ZipExtFile):
        return stream
    spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    with stream:
        while block := stream.read(1024 * 1024):
            spool.write(block)
            if spool.tell() > MAX_UNPACKED:
                break
    spool.seek(0)
    return cast(IO[bytes], spool)


def _refusal(stream: IO[bytes], name: str) -> Problem | None:
    """Why the workbook must not be unpacked; zipfile never gives more than is declared, so declared sizes suffice."""
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        total = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS or total > MAX_UNPACKED:
            return _bomb(name, f"{len(members)} files, {total} bytes")
        for member in members:
            packed = max(member.compress_size, 1)
            if member.file_size > RATIO_MATTERS_ABOVE and member.file_size > packed * MAX_RATIO:
                return _bomb(name, f"{member.filename}: {packed} -> {member.file_size} bytes")
            if _declares_entities(archive, member):
                return Problem("bad_archive", name, 0, {"reason": f"DOCTYPE in {member.filename}"})
    return None


def _declares_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """No workbook has a DOCTYPE; one in front would let a few bytes expand into gigabytes."""
    if not member.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(member) as part:
        return b"<!DOCTYPE" in part.read(4096)


def _bomb(name: str, reason: str) -> Problem:
    return Problem("archive_bomb", name, 0, {"reason": reason})


def _damaged(name: str, error: BaseException, line: int = 0) -> Problem:
    return Problem("bad_archive", name, line, {"reason": str(error)[:80] or type(error).__name__})
