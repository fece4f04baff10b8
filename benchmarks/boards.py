"""Boards: every metric over ten million facts, beside the same figures by hand in SQL, in pandas and in polars."""

from __future__ import annotations

from pathlib import Path

from benchmarks.board_compare import differences
from benchmarks.made_lake import make
from benchmarks.measuring import Measured, measure
from benchmarks.result import Line, Result, ratio
from benchmarks.setting import Setting

TIMES_SQL, TIMES_FASTER = 1.5, 2
QUESTIONS = (("month", "none"), ("month", "community"), ("day", "none"), ("day", "community"))
SQL, PANDAS, POLARS = "board_sql:answer", "board_pandas:answer", "board_polars:answer"


def boards(setting: Setting) -> Result:
    """Months and days, altogether and by community; the rollup is built once and added where data frames start from facts."""
    facts = setting.size(10_000_000, 100_000)
    folder = setting.folder / f"lake-{facts}"
    folder.mkdir(parents=True, exist_ok=True)
    make(folder, facts)
    result = Result(f"The whole board over {facts:,} facts (made up)")
    rolled = measure("board_ours:roll_up", {"folder": str(folder)})
    result.lines.append(Line("rollup of all facts", rolled.seconds, facts, "facts", rolled.memory, busy=rolled.busy))
    for grain, by in QUESTIONS:
        _question(result, folder, rolled, (grain, by), setting.runs(3))
    return result


def _question(result: Result, folder: Path, rolled: Measured, asked: tuple[str, str], runs: int) -> None:
    title = f"{asked[0]}, {'altogether' if asked[1] == 'none' else 'by community'}"
    arguments = {"folder": str(folder), "grain": asked[0], "by": asked[1]}
    ours = measure("board_ours:answer", arguments, runs, folder / "ours.parquet")
    sql = _other(result, SQL, arguments, runs, ours)
    times = ours.seconds / sql.seconds
    result.lines += [
        Line(f"{title}: SQL by hand", sql.seconds, memory=sql.memory, busy=sql.busy),
        Line(f"{title}: Qunyu, rollup there", ours.seconds, memory=ours.memory, against=f"{ratio(ours.seconds, sql.seconds)} SQL",
             goal=f"<= {TIMES_SQL}x", met=times <= TIMES_SQL, busy=ours.busy),
    ]  # fmt: skip
    for name, target in (("pandas", PANDAS), ("polars", POLARS)):
        theirs = _other(result, target, arguments, 1, ours)
        cold, faster = ours.seconds + rolled.seconds, theirs.seconds / (ours.seconds + rolled.seconds)
        wanted = (
            {"goal": f"{TIMES_FASTER}x faster, rollup included", "met": faster >= TIMES_FASTER}
            if name == "pandas"
            else {}
        )
        against = (
            f"Qunyu {faster:.1f}x faster with the rollup ({cold:.1f} s), {theirs.seconds / ours.seconds:.1f}x without"
        )
        result.lines.append(
            Line(f"{title}: {name}", theirs.seconds, memory=theirs.memory, against=against, busy=theirs.busy, **wanted)
        )


def _other(result: Result, target: str, arguments: dict[str, str], runs: int, ours: Measured) -> Measured:
    found = measure(target, arguments, runs, Path(arguments["folder"]) / "theirs.parquet")
    if ours.table is None or found.table is None:
        raise RuntimeError(f"{target} answered no table")
    result.differences += [
        f"{target} {arguments['grain']} {arguments['by']}: {each}" for each in differences(ours.table, found.table)
    ]
    return found
