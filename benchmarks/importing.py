"""Importing: five million messages from files to figures, and how much memory the one process takes."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from benchmarks.made_chats import write_chat_tables
from benchmarks.measuring import measure
from benchmarks.result import MIB, Line, Result
from benchmarks.setting import Setting

MOST = 1024 * MIB


def importing(setting: Setting) -> Result:
    """Plain CSV through `import_now` into a deployment of its own; measured once, for it takes minutes."""
    messages = setting.size(5_000_000, 20_000)
    folder = setting.folder / f"chats-{messages}"
    files = write_chat_tables(folder, messages)
    result = Result(f"Importing {messages:,} messages from {files} CSV files")
    with TemporaryDirectory(prefix="qunyu-bench-data-") as data:
        found = measure("import_ours:run", {"folder": str(folder)}, QUNYU_DATA=data, QUNYU_SECRET_KEY="benchmark")
    whole = found.base + found.memory
    result.lines.append(
        Line(
            "Qunyu", found.seconds, messages, "messages", found.memory, f"{whole / MIB:,.0f} MiB in all, imports included",
            f"< {MOST // MIB:,} MiB in all", whole < MOST, busy=found.busy,
        )
    )  # fmt: skip
    result.notes.append(f"steps heard of, in seconds from the start (first, last): {found.answer['steps']}")
    if found.answer["facts"].get("message") != messages:
        result.differences.append(
            f"{messages} written, facts: {found.answer['facts']}, problems: {found.answer['problems']}"
        )
    return result
