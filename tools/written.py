"""Pages of the guide that are written from the program."""

from __future__ import annotations

import sys
from pathlib import Path


def write(page: Path, wanted: str) -> int:
    """Writes the page; with --check on the command line compares instead, and gives 1 when it is not up to date."""
    if "--check" not in sys.argv[1:]:
        page.write_text(wanted, encoding="utf-8")
        return 0
    same = page.exists() and page.read_text(encoding="utf-8") == wanted
    if not same:
        print(f"docs/{page.name} is not up to date: run {Path(sys.argv[0]).name}", file=sys.stderr)
    return 0 if same else 1
