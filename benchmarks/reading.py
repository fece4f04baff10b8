"""Reading: our readers beside the standard library's csv and beside two programs that read WhatsApp exports."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from benchmarks.made_chats import write_gitter, write_whatsapp
from benchmarks.measuring import ROOT, Measured, measure
from benchmarks.result import Line, Result, ratio
from benchmarks.setting import Setting

ARCHIVE = ROOT.parent / "shared" / "data" / "chats" / "gitter-freecodecamp" / "gitter-history.tar.xz"
TIMES_CSV, TIMES_FASTER = 3, 5


def gitter(setting: Setting) -> Result:
    """Chat room archives against csv alone over the same bytes."""
    result = Result("Reading Gitter archives (TSV)")
    paths = [str(path) for path in _gitter_files(setting, result)]
    runs = setting.runs(5)
    theirs = measure("reading_csv:read", {"paths": paths}, runs)
    ours = measure("reading_ours:read", {"paths": paths, "format": "gitter"}, runs)
    count = ours.answer.get("message", 0)
    times = ours.seconds / theirs.seconds
    result.lines = [
        Line(
            "csv of the standard library, rows only",
            theirs.seconds,
            theirs.answer,
            "rows",
            theirs.memory,
            busy=theirs.busy,
        ),
        Line(
            "Qunyu, records",
            ours.seconds,
            count,
            "messages",
            ours.memory,
            ratio(ours.seconds, theirs.seconds),
            f"<= {TIMES_CSV}x",
            times <= TIMES_CSV,
            busy=ours.busy,
        ),
    ]
    if sum(ours.answer.values()) != theirs.answer:
        result.differences.append(f"csv finds {theirs.answer} rows, Qunyu {ours.answer}")
    return result


def _gitter_files(setting: Setting, result: Result) -> list[Path]:
    folder = setting.folder / "gitter"
    if setting.quick or not ARCHIVE.exists():
        if not setting.quick:
            result.notes.append(
                "the Gitter archive is not there (shared/data/chats/gitter-freecodecamp): tables of its shape are read instead"
            )
        write_gitter(folder / "made", setting.size(200_000, 20_000))
        return sorted((folder / "made").glob("*.tsv"))
    if not (folder / "archives").exists():
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(folder, filter="data")
    return sorted((folder / "archives").glob("*.tsv"))


def whatsapp(setting: Setting) -> Result:
    """One generated export against chat-miner and whatstk."""
    messages = setting.size(200_000, 5_000)
    result = Result(f"Reading a WhatsApp export of {messages:,} messages (made up)")
    path = setting.folder / f"WhatsApp Chat with Tea {messages}.txt"
    shutil.rmtree(path, ignore_errors=True)
    notices = write_whatsapp(path, messages)
    runs = setting.runs(3)
    ours = measure("reading_ours:read", {"paths": [str(path)], "format": "whatsapp"}, runs)
    said = ours.answer.get("message", 0)
    result.lines.append(Line("Qunyu", ours.seconds, said, "messages", ours.memory, busy=ours.busy))
    if said != messages:
        result.differences.append(f"Qunyu finds {said} messages of {messages}")
    for name, target in (("chat-miner", "reading_chatminer:read"), ("whatstk", "reading_whatstk:read")):
        _compare(result, name, measure(target, {"path": str(path)}, runs), ours, (messages, notices))
    return result


def _compare(result: Result, name: str, theirs: Measured, ours: Measured, truth: tuple[int, int]) -> None:
    messages, notices = truth
    faster, leaner = theirs.seconds / ours.seconds, theirs.memory / max(1, ours.memory)
    result.lines.append(
        Line(
            name, theirs.seconds, theirs.answer, "messages", theirs.memory,
            f"Qunyu {faster:.1f}x faster, 1/{leaner:.1f} of the memory", f"{TIMES_FASTER}x faster, 1/{TIMES_FASTER}",
            faster >= TIMES_FASTER and leaner >= TIMES_FASTER, busy=theirs.busy,
        )
    )  # fmt: skip
    if theirs.answer != messages:
        extra = theirs.answer - messages
        why = "which are the notices: it takes them for messages" if extra == notices else "of lines it takes otherwise"
        result.notes.append(f"{name} counts {theirs.answer:,}, {extra:+,} against the {messages:,} written, {why}")
