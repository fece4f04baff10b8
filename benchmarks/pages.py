"""Pages: how long the console's board takes to answer, for the demo's size and for ten million facts."""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.made_lake import make
from benchmarks.measuring import Measured, measure
from benchmarks.result import Line, Result
from benchmarks.setting import Setting

# More than twenty times the four kinds of pages: the first of each, for which nothing is remembered yet, are told apart.
REQUESTS = 100
MOST = 1.0


def pages(setting: Setting) -> Result:
    """The 95th percentile of the requests, months, weeks, days and communities in turn; the first of each kind is among them and shown as the slowest."""
    result = Result("The console's board, 95th percentile of requests in turn for months, weeks, days and communities")
    with TemporaryDirectory(prefix="qunyu-bench-page-") as folder:
        _demo(result, Path(folder), setting)
    facts = setting.size(10_000_000, 100_000)
    lake = setting.folder / f"lake-{facts}"
    lake.mkdir(parents=True, exist_ok=True)
    make(lake, facts)
    if not (lake / "lake" / "activity").exists():
        measure("board_ours:roll_up", {"folder": str(lake)})
    with TemporaryDirectory(prefix="qunyu-bench-page-") as data:
        (Path(data) / "lake").symlink_to(lake / "lake", target_is_directory=True)
        found = measure(
            "page_ours:ask",
            {"requests": REQUESTS, "dimensions": str(lake)},
            QUNYU_DATA=data,
            QUNYU_SECRET_KEY="benchmark",
        )
    _tell(result, f"board page, {facts:,} facts", found)
    result.notes.append("the made lake's people and communities come from Arrow tables, not from the database")
    return result


def _demo(result: Result, folder: Path, setting: Setting) -> None:
    environment = {"QUNYU_DATA": str(folder / "data"), "QUNYU_SECRET_KEY": "benchmark"}
    members = 300 if setting.quick else 5_300
    made = measure("page_ours:demo", {"folder": str(folder / "brand"), "members": members}, **environment)
    facts = sum(count for kind, count in made.answer.items() if kind != "already")
    _tell(
        result, f"board page, demo of {facts:,} facts", measure("page_ours:ask", {"requests": REQUESTS}, **environment)
    )


def _tell(result: Result, what: str, found: Measured) -> None:
    slow = quantiles(found.answer, n=20)[-1]
    against = f"median {median(found.answer):.3f} s, slowest {max(found.answer):.3f} s"
    result.lines.append(Line(what, slow, memory=found.memory, against=against, goal=f"< {MOST:g} s", met=slow < MOST))
