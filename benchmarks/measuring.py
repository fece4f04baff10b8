"""Measuring: a function run several times, each time in a process of its own, and the medians."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Measured:
    """Medians of the runs: `busy` is seconds of all processors together, `memory` is the peak above `base`, what the process held after its imports (bytes).

    `answer` is the last run's; `table` the Parquet file with it, where the answer was a table.
    """

    seconds: float
    busy: float
    memory: int
    base: int
    answer: Any
    table: Path | None = None


def measure(
    target: str, arguments: Mapping[str, Any], runs: int = 1, keep: Path | None = None, **environment: str
) -> Measured:
    """Runs `module:function` of this package; a table it answers is kept at `keep`.

    Raises RuntimeError with the process's last words when it fails.
    """
    each = [_run(target, arguments, keep, environment) for _ in range(runs)]
    return Measured(
        median(one["seconds"] for one in each),
        median(one["busy"] for one in each),
        int(median(one["peak"] - one["base"] for one in each)),
        int(median(one["base"] for one in each)),
        each[-1]["answer"],
        keep,
    )


def _run(
    target: str, arguments: Mapping[str, Any], keep: Path | None, environment: Mapping[str, str]
) -> dict[str, Any]:
    with TemporaryDirectory(prefix="qunyu-bench-") as folder:
        command = [sys.executable, "-m", "benchmarks.child", f"benchmarks.{target}", json.dumps(arguments), folder]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{target}: {done.stderr[-3000:]}")
        if keep is not None:
            shutil.move(Path(folder) / "answer.parquet", keep)
        found: dict[str, Any] = json.loads((Path(folder) / "measured.json").read_text())
        return found
