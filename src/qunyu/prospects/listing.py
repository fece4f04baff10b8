"""A list of prospects as pages take it: of no more people than a page needs is it asked whether they may be written to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from qunyu.prospects.models import Prospect, ProspectRun
from qunyu.prospects.queries import OF_STATES
from qunyu.prospects.reaching import unreachable

# People asked about at a time, at the least.
FEWEST = 25
# All of so many are asked about for a count on every page; of a longer list so many are counted.
QUICK, COUNTED = 2_500, 500
# Rows of an export at a time.
CHUNK = 1_000


@dataclass
class Listed:
    """Those of `rows` (`candidates` of that state, in any order) who are in the state at `now`, as `prospects` finds them."""

    rows: QuerySet[Prospect]
    run: ProspectRun
    state: str
    now: datetime
    counted = COUNTED
    # The primary keys found so far, among the first `_read` of the rows.
    _found: list[int] = field(default_factory=list)
    _read: int = 0
    _all: bool = False

    @property
    def quick(self) -> bool:
        """Whether counting them all takes no time to speak of."""
        return not Prospect.objects.filter(run=self.run)[QUICK : QUICK + 1].exists()

    def count(self) -> int:
        """How many there are."""
        return len(self._first(None))

    def at_most(self, limit: int) -> int:
        """How many there are, or `limit` where there are as many or more."""
        return len(self._first(limit)[:limit])

    def __getitem__(self, place: slice) -> list[Prospect]:
        return self._rows(self._first(place.stop)[place])

    def __iter__(self) -> Iterator[Prospect]:
        keys = self._first(None)
        for start in range(0, len(keys), CHUNK):
            yield from self._rows(keys[start : start + CHUNK])

    def _rows(self, keys: Sequence[int]) -> list[Prospect]:
        # A list computed anew meanwhile has taken its rows away.
        found = self.rows.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def _first(self, upto: int | None) -> list[int]:
        """The primary keys of the first `upto` of them at least (None: of all), or of all there are."""
        while not self._all and (upto is None or len(self._found) < upto):
            take = None if upto is None else self._take(upto - len(self._found))
            rows = self.rows.values_list("pk", "member")
            part = list(rows[self._read :] if take is None else rows[self._read : self._read + take])
            self._read, self._all = self._read + len(part), take is None or len(part) < take
            self._found += self._in_state(part)
        return self._found

    def _take(self, missing: int) -> int:
        """How many rows to read next: so many as hold who is missing, if they are like those read so far, and some more."""
        return FEWEST + (missing * self._read // max(1, len(self._found)) if self._read else missing)

    def _in_state(self, part: list[tuple[int, int]]) -> list[int]:
        if self.state not in OF_STATES:
            return [key for key, _ in part]
        alone = unreachable(self.run.unit, [member for _, member in part], self.now)
        waiting = OF_STATES[self.state][1]
        return [key for key, member in part if (member in alone) is waiting]
