"""`python -m benchmarks [name ...] [--quick] [--scale N] [--data FOLDER]`; exits 1 when results that should be equal differ."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.boards import boards
from benchmarks.importing import importing
from benchmarks.matrix import matrix
from benchmarks.pages import pages
from benchmarks.reading import gitter, whatsapp
from benchmarks.result import Result
from benchmarks.segments import listed, segments
from benchmarks.setting import Setting

BENCHMARKS: dict[str, Callable[[Setting], Result]] = {
    "gitter": gitter, "whatsapp": whatsapp, "importing": importing, "boards": boards, "matrix": matrix, "pages": pages,
    "segments": segments, "lists": listed,
}  # fmt: skip


def main() -> int:
    """Runs the benchmarks named (all when none is) and prints each as it ends."""
    asked = _asked()
    with ExitStack() as stack:
        folder = asked.data or Path(stack.enter_context(TemporaryDirectory(prefix="qunyu-benchmarks-")))
        folder.mkdir(parents=True, exist_ok=True)
        setting = Setting(folder.resolve(), asked.quick, asked.scale)
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
        same = [_shown(BENCHMARKS[name](setting)) for name in asked.names or BENCHMARKS]
    return 0 if all(same) else 1


def _shown(result: Result) -> bool:
    print("\n".join(result.shown()), flush=True)
    return not result.differences


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        choices=[[], *BENCHMARKS],
        metavar="name",
        help=f"of {', '.join(BENCHMARKS)}; all by default",
    )
    parser.add_argument("--quick", action="store_true", help="small data, one run each: to see that everything works")
    parser.add_argument("--scale", type=int, help="how many messages or facts to make instead of the full size")
    parser.add_argument(
        "--data", type=Path, help="where to keep made data for the next run (default: a temporary folder)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
