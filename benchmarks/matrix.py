"""Matrix: fifty million facts of 200,000 members: the board, a label run and members' pages, beside the same by hand and in polars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from benchmarks.board_compare import differences
from benchmarks.made_lake import make
from benchmarks.measuring import Measured, measure
from benchmarks.result import Line, Result, ratio
from benchmarks.setting import Setting

TIMES_SQL, PAGE_SECONDS = 1.5, 1.0
FACTS_PER_MEMBER = 250
PAGES, READ = 100, 20
# What the others answer of each question; the product's answer has further columns.
LABEL_COLUMNS, ROW_COLUMNS = "label, member, value", 'member, kind, "at", place, figure'


@dataclass(frozen=True)
class Question:
    """One thing asked of everybody: `ours` and `others` are functions by name, with the columns that have to be equal ("" for a board)."""

    title: str
    ours: str
    others: Mapping[str, str]
    columns: str = ""


def matrix(setting: Setting) -> Result:
    """The board by month, all labels, and twenty members' pages; then a hundred pages as a browser asks for them."""
    facts = setting.size(50_000_000, 100_000)
    people = facts // FACTS_PER_MEMBER
    folder = setting.folder / f"lake-{facts}-{people}"
    folder.mkdir(parents=True, exist_ok=True)
    make(folder, facts, people)
    result = Result(f"{facts:,} facts of {people:,} members (made up)")
    if not (folder / "lake" / "activity").exists():
        rolled = measure("board_ours:roll_up", {"folder": str(folder)})
        result.lines.append(
            Line("rollup of all facts", rolled.seconds, facts, "facts", rolled.memory, busy=rolled.busy)
        )
    board = Question(
        "board by month",
        "board_ours:answer",
        {"SQL by hand": "board_sql:answer", "polars, from the facts": "board_polars:answer"},
    )
    labels = Question(
        "label run",
        "label_ours:answer",
        {"SQL by hand": "label_sql:answer", "polars": "label_polars:answer"},
        LABEL_COLUMNS,
    )
    _ask(result, board, {"folder": str(folder), "grain": "month", "by": "none"}, setting.runs(3))
    _ask(result, labels, {"folder": str(folder)}, setting.runs(3))
    _members(result, folder, people, setting)
    return result  # fmt: skip


def _ask(result: Result, question: Question, asked: Mapping[str, Any], runs: int, **environment: str) -> None:
    folder = Path(asked["folder"])
    given = {key: value for key, value in asked.items() if key != "folder"} if environment else asked
    ours = measure(question.ours, given, runs, folder / "ours.parquet", **environment)
    result.lines.append(Line(f"{question.title}: Qunyu", ours.seconds, memory=ours.memory, busy=ours.busy))
    for name, target in question.others.items():
        theirs = measure(target, asked, 1 if "polars" in name else runs, folder / "theirs.parquet")
        result.differences += [f"{question.title}, {name}: {each}" for each in _unlike(ours, theirs, question.columns)]
        times, goal = ours.seconds / theirs.seconds, name == "SQL by hand"
        result.lines.append(
            Line(
                f"{question.title}: {name}", theirs.seconds, memory=theirs.memory, busy=theirs.busy,
                against=f"Qunyu takes {ratio(ours.seconds, theirs.seconds)}",
                **({"goal": f"<= {TIMES_SQL}x", "met": times <= TIMES_SQL} if goal else {}),
            )
        )  # fmt: skip


def _unlike(ours: Measured, theirs: Measured, columns: str) -> Iterator[str]:
    """What differs: a board's figures, or the rows of other tables whatever their order."""
    if ours.table is None or theirs.table is None:
        raise RuntimeError("no table was answered")
    if not columns:
        yield from differences(ours.table, theirs.table)
        return
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for one, other, what in ((ours.table, theirs.table, "ours alone"), (theirs.table, ours.table, "theirs alone")):
            lacking = f"SELECT {columns} FROM '{one}' EXCEPT ALL SELECT {columns} FROM '{other}'"
            count, example = connection.execute(
                f"SELECT count(*), any_value(r)::VARCHAR FROM ({lacking}) r"
            ).fetchall()[0]
            if count:
                yield f"{count} rows {what}, such as {example}"


def _members(result: Result, folder: Path, people: int, setting: Setting) -> None:
    with TemporaryDirectory(prefix="qunyu-bench-members-") as data:
        (Path(data) / "lake").symlink_to(folder / "lake", target_is_directory=True)
        environment = {"QUNYU_DATA": data, "QUNYU_SECRET_KEY": "benchmark"}
        filled = measure("member_ours:deploy", {"folder": str(folder)}, **environment)
        result.notes.append(
            f"the deployment has {filled.answer['people']:,} identities and {filled.answer['memberships']:,} memberships"
        )
        for which in ("first", "again"):
            run = measure("member_ours:label", {}, **environment)
            result.lines.append(
                Line(
                    f"label run into the database, {which}",
                    run.seconds,
                    memory=run.memory,
                    busy=run.busy,
                    against=f"{run.answer:,} people changed",
                )
            )
        chosen = [1 + number * 7919 % people for number in range(PAGES)]
        rows = Question(
            f"{READ} members' rows",
            "member_ours:answer",
            {"SQL by hand": "member_sql:answer", "polars": "member_polars:answer"},
            ROW_COLUMNS,
        )
        _ask(result, rows, {"folder": str(folder), "members": chosen[:READ]}, setting.runs(3), **environment)
        pages = measure("member_ours:ask", {"members": chosen}, **environment)
        slow = quantiles(pages.answer, n=20)[-1]
        told = f"median {median(pages.answer):.3f} s, slowest {max(pages.answer):.3f} s"
        result.lines.append(
            Line(f"a member's page, 95th percentile of {PAGES} members", slow, memory=pages.memory, against=told, goal=f"< {PAGE_SECONDS:g} s", met=slow < PAGE_SECONDS)
        )  # fmt: skip
