"""The standard library's csv over tables with tabs: the least that reading them can cost."""

from __future__ import annotations

import csv
from pathlib import Path

csv.field_size_limit(4 * 1024 * 1024)


def read(paths: list[str]) -> int:
    """How many rows the standard library's csv finds."""
    count = 0
    for path in paths:
        with Path(path).open(encoding="utf-8", newline="") as file:
            for _ in csv.reader(file, delimiter="\t"):
                count += 1
    return count
