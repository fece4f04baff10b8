"""Segments: ten of them over a million members and fifty million facts, each beside SQL by hand; list pages beside those of 10,000 members."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.made_lake import make
from benchmarks.measuring import measure
from benchmarks.result import MIB, Line, Result, ratio
from benchmarks.setting import Setting

TIMES_SQL, TIMES_SMALL = 1.5, 3.0
FACTS_PER_MEMBER = 50
SMALL_MEMBERS = 10_000


def segments(setting: Setting) -> Result:
    """The ten segments, then the pages."""
    facts, data = _large(setting)
    result = Result(f"{facts:,} facts of {facts // FACTS_PER_MEMBER:,} members (made up): ten segments")
    told = measure("segment_deploy:deploy", {"folder": str(data.parent)}, **_environment(data)).answer
    result.notes.append(
        f"{told['people']:,} identities, {told['memberships']:,} memberships, {told['orders']:,} orders"
    )
    _ask(result, setting, data)
    _pages(result, setting, data, facts)
    return result


def listed(setting: Setting) -> Result:
    """The list pages alone."""
    facts, data = _large(setting)
    result = Result(f"List pages of {facts // FACTS_PER_MEMBER:,} members (made up)")
    _pages(result, setting, data, facts)
    return result


def _large(setting: Setting) -> tuple[int, Path]:
    """How many facts there are, and where the deployment is."""
    facts = setting.size(50_000_000, 100_000)
    return facts, _deployed(setting, facts, facts // FACTS_PER_MEMBER)


def _environment(data: Path) -> dict[str, str]:
    return {"QUNYU_DATA": str(data), "QUNYU_SECRET_KEY": "benchmark"}


def _deployed(setting: Setting, facts: int, people: int) -> Path:
    """The data folder of a deployment with so many facts and people, made unless it is there."""
    folder = setting.folder / f"lake-{facts}-{people}"
    data = folder / "segments"
    data.mkdir(parents=True, exist_ok=True)
    make(folder, facts, people)
    if not (folder / "lake" / "activity").exists():
        measure("board_ours:roll_up", {"folder": str(folder)})
    if not (data / "lake").exists():
        (data / "lake").symlink_to(folder / "lake", target_is_directory=True)
    measure("segment_deploy:deploy", {"folder": str(folder)}, **_environment(data))
    return data


def _ask(result: Result, setting: Setting, data: Path) -> None:
    """Each of the ten, by both in a process of its own."""
    runs, around = setting.runs(3), _environment(data)
    ours = measure("segment_ours:answers", {"runs": runs}, **around)
    theirs = measure("segment_sql:answers", {"runs": runs}, **around)
    for number, (name, seconds) in enumerate(ours.answer.items()):
        mine, other = (pq.read_table(data / f"{whose}-{number}.parquet") for whose in ("ours", "theirs"))
        if not mine.equals(other):
            result.differences.append(f"{name}: {mine.num_rows:,} members, by hand {other.num_rows:,}")
        by_hand = theirs.answer[name]
        told = f"{mine.num_rows:,} members; SQL by hand {by_hand:.3f} s; Qunyu takes {ratio(seconds, by_hand)}"
        met = seconds <= TIMES_SQL * by_hand
        result.lines.append(Line(name, seconds, against=told, goal=f"<= {TIMES_SQL}x", met=met))
    result.notes.append(f"peak memory for all ten: {ours.memory // MIB:,} MiB, by hand {theirs.memory // MIB:,} MiB")


def _pages(result: Result, setting: Setting, large: Path, facts: int) -> None:
    """Each list page of both deployments."""
    fewer = min(facts, SMALL_MEMBERS * FACTS_PER_MEMBER)
    small = _deployed(setting, fewer, fewer // FACTS_PER_MEMBER)
    seconds = {}
    for data in (small, large):
        measure("segment_ours:keep", {}, **_environment(data))
        measure("segment_ours:fill", {}, **_environment(data))
        seconds[data] = measure("segment_ours:pages", {}, **_environment(data)).answer
    for address, here in seconds[large].items():
        there = seconds[small][address]
        told = f"{there:.3f} s with {SMALL_MEMBERS:,} members: {ratio(here, there)}"
        met = here <= TIMES_SMALL * there
        result.lines.append(Line(f"page {address}", here, against=told, goal=f"<= {TIMES_SMALL:g}x", met=met))
