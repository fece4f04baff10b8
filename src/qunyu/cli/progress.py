"""Progress of an import on standard error: a bar where somebody watches, nothing where nobody does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qunyu.kernel.words import Words

STEPS = {
    "making": Words("生成", "making"),
    "reading": Words("读取", "reading"),
    "people": Words("识别成员", "knowing the people"),
    "saving": Words("保存", "saving"),
    "labels": Words("更新成员标签", "labelling members"),
    "alerts": Words("查看异常", "looking for alerts"),
    "scoring": Words("评分", "scoring"),
}


@contextmanager
def progress() -> Iterator[Callable[[str, int], None]]:
    """A function to call with (step, how many done so far)."""
    if not sys.stderr.isatty():
        yield lambda step, done: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step, done: bar.update(task, description=str(STEPS[step]), completed=done)
