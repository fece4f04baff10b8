"""Ten segments by name, as text, and how each is timed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SEGMENTS = {
    "lively, never ordered": 'spoke at least 3 times within 14 days where (platform="platform 1") and not ordered',
    "active tier": "tier is Active",
    "everybody but the active": "not tier is Active",
    "Shanghai, no VIP": 'region is "Shanghai" and not tag is "bench/VIP"',
    "region unknown, there now": "region is unknown and in a community",
    "two orders in a quarter": "ordered at least 2 times within 90 days",
    "big spenders gone quiet": "total spent CNY >= 500 and last order before the last 60 days",
    "old and silent": "in a community and first seen before the last 90 days and not was active within 30 days",
    "asks or answers": "asked at least 2 times within 14 days or answered at least 2 times within 30 days",
    "left for good": "left a community within 30 days and not in a community",
}


def timed(runs: int, data: Path, whose: str, ask: Callable[[str], np.ndarray]) -> dict[str, float]:
    """Median seconds of each segment; the members of the N-th go to `whose`-N.parquet in `data`."""
    found = {}
    for number, name in enumerate(SEGMENTS):
        seconds = []
        for _ in range(runs):
            start = perf_counter()
            members = ask(name)
            seconds.append(perf_counter() - start)
        pq.write_table(pa.table({"member": members}), data / f"{whose}-{number}.parquet")
        found[name] = median(seconds)
    return found
