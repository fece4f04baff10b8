"""The process of one measured thing: `python -m benchmarks.child module:function '{"argument": ...}' folder`.

Imports, and what the module does while it is imported, are over before the clock starts. The answer is written after it has
stopped: as JSON, or as Parquet when it is an Arrow table.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.process_memory import forget_peak, peak, resident


def main(target: str, arguments: str, folder: Path) -> None:
    """Runs the function once and writes measured.json (seconds by the clock, seconds of all processors, base and peak in bytes) and its answer into `folder`."""
    module, _, name = target.partition(":")
    function = getattr(import_module(module), name)
    given = json.loads(arguments)
    forget_peak()
    base, start, busy = resident(), perf_counter(), process_time()
    answer = function(**given)
    seconds, busy, highest = perf_counter() - start, process_time() - busy, peak()
    if hasattr(answer, "table"):
        answer = answer.table()
    if hasattr(answer, "schema"):
        import pyarrow.parquet as pq

        pq.write_table(answer, folder / "answer.parquet")
        answer = None
    measured = {"seconds": seconds, "busy": busy, "base": base, "peak": highest, "answer": answer}
    (folder / "measured.json").write_text(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
