"""An import from beginning to end, as `qunyu import` does it, in a deployment of its own (QUNYU_DATA)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from qunyu.cli.setting_up import set_up

set_up(Path(os.environ["QUNYU_DATA"]))

from qunyu.flows.at_once import import_now  # noqa: E402
from qunyu.flows.request import ImportRequest, parts_of  # noqa: E402


def run(folder: str) -> dict[str, Any]:
    """Imports every file of the folder; the summary, and the second at which each step was first and last heard of."""
    start = perf_counter()
    steps: dict[str, tuple[float, float]] = {}

    def heard(step: str, done: int) -> None:
        now = round(perf_counter() - start, 1)
        steps[step] = (steps.get(step, (now, now))[0], now)

    request = ImportRequest(parts_of((folder,)))
    _, summary = import_now(request, title="benchmark", now=datetime(2026, 1, 2, tzinfo=UTC), progress=heard)
    return {"facts": summary["facts"], "problems": summary["problems"], "steps": steps}
