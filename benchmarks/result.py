"""Result: what a benchmark found, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MIB = 1024 * 1024


@dataclass(frozen=True)
class Line:
    """One measured thing.

    `memory` is bytes above the process's own after its imports; `count` of `things` were handled in `seconds`. `against` says
    how it compares with the reference of the same run, `goal` what it should be; `busy` is seconds of all processors; `met` is None where there is no goal.
    """

    what: str
    seconds: float
    count: int = 0
    things: str = ""
    memory: int | None = None
    against: str = ""
    goal: str = ""
    met: bool | None = None
    busy: float | None = None

    def cells(self) -> tuple[str, ...]:
        """The line as words, in the order of HEADS."""
        rate = f"{self.count / self.seconds:,.0f} {self.things}/s" if self.count else ""
        memory = "" if self.memory is None else f"{self.memory / MIB:,.0f} MiB"
        state = {None: "", True: "met", False: "MISSED"}[self.met]
        busy = "" if self.busy is None else f"{self.busy:,.2f}"
        return self.what, f"{self.seconds:,.3f}", busy, rate, memory, self.against, self.goal, state


HEADS = ("what", "seconds", "processor s", "rate", "peak memory", "compared", "goal", "")


@dataclass
class Result:
    """Everything about one benchmark: `differences` are results that should be equal and are not."""

    title: str
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def shown(self) -> Iterator[str]:
        """The table, then notes and differences."""
        rows = [HEADS, *(line.cells() for line in self.lines)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
        yield f"\n{self.title}"
        for row in rows if self.lines else ():
            yield (
                "  "
                + "  ".join(
                    _aligned(cell, width, place) for place, (cell, width) in enumerate(zip(row, widths, strict=True))
                ).rstrip()
            )
        yield from (f"  . {note}" for note in self.notes)
        yield from (f"  ! results differ: {difference}" for difference in self.differences)


def _aligned(cell: str, width: int, place: int) -> str:
    return cell.rjust(width) if place in (1, 2, 3, 4) else cell.ljust(width)


def ratio(ours: float, theirs: float) -> str:
    """How many times theirs ours is."""
    return f"{ours / theirs:.2f}x"
