"""Setting: how one run of the benchmarks was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setting:
    """`folder` takes generated data and keeps what lies there; `scale` overrides how many messages or facts (None: the full size).

    `quick` means a size that takes seconds, for trying things out; its ratios say little.
    """

    folder: Path
    quick: bool = False
    scale: int | None = None

    def size(self, full: int, quick: int) -> int:
        """How many to make: the scale when there is one, else the full or the quick size."""
        return self.scale or (quick if self.quick else full)

    def runs(self, full: int) -> int:
        """How often to measure."""
        return 1 if self.quick else full
