"""The memory of this process as Linux counts it: resident pages, shared libraries included.

Source: proc(5): `Rss` of smaps_rollup is exact where `VmRSS` of status may lag by some pages a thread; `VmHWM` is the
highest there has been, and writing 5 to clear_refs sets it back to what there is now.
"""

from __future__ import annotations

import gc
import re
from pathlib import Path

_SELF = Path("/proc/self")
_KIB = 1024


def resident() -> int:
    """Bytes resident now."""
    return _number(_SELF / "smaps_rollup", "Rss")


def forget_peak() -> None:
    """Lets the peak begin at what is resident now."""
    gc.collect()
    (_SELF / "clear_refs").write_text("5")


def peak() -> int:
    """The most bytes that were resident since `forget_peak`."""
    return max(_number(_SELF / "status", "VmHWM"), resident())


def _number(path: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{path} tells no {name}")
    return int(found[1]) * _KIB
