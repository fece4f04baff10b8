"""Table: text in columns for a terminal, where Chinese characters take two places."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

Cells = Sequence[tuple[str, ...]]


def aligned(rows: Cells) -> list[str]:
    """One line a row: the first column to the left, the others to the right, two blanks between."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [_line(row, widths).rstrip() for row in rows]


def _line(row: tuple[str, ...], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    text, width = first
    return (
        text
        + " " * (width - cell_len(text))
        + "".join(f"  {' ' * (wide - cell_len(each))}{each}" for each, wide in others)
    )


def percent(share: float | None) -> str:
    """With one decimal; a dash where it is unknown."""
    return "–" if share is None else f"{share * 100:.1f} %"
