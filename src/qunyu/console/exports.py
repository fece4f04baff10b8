"""Exports: a list as CSV or XLSX that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import TextIOWrapper
from itertools import count
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse
from django.utils import timezone

from qunyu.events.cells import LIVE

Cell = object

# Source: Microsoft, "Excel specifications and limits": 1,048,576 rows, of which one is the header.
SHEET_ROWS = 1_048_575


def defused(cell: Cell) -> str | int | float:
    """The cell as it goes into a file: numbers stay numbers, times get the deployment's zone, texts cannot be formulas."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    return f"'{text}" if text.startswith(LIVE) else text


def exported(kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """The rows under `header` as a download called `name`; `kind` is csv or xlsx.

    The file is whole before the answer begins: a row made while it is sent would have lost the reader's language and zone.
    """
    lines = count()
    clean = ([defused(cell) for cell in row] for row, _ in zip(rows, lines, strict=False))
    # The response closes it, and with that it is gone.
    file = TemporaryFile()  # noqa: SIM115
    (_workbook if kind == "xlsx" else _text)(file, header, clean)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.{kind}")
    response.rows_shown = next(lines)  # type: ignore[attr-defined]
    return response


def _text(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[str | int | float]]) -> None:
    # Excel takes a CSV without this mark for the system's old encoding and spoils Chinese.
    stream = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows(rows)
    stream.detach()


def _workbook(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[str | int | float]]) -> None:
    from xlsxwriter import Workbook

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows):
            line = number % SHEET_ROWS + 1
            if number and line == 1:
                sheet = book.add_worksheet()
                sheet.write_row(0, 0, header, bold)
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(line, column, cell)
                else:
                    sheet.write_string(line, column, str(cell)[:32_767])
