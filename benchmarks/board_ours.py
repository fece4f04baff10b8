"""The board as the product computes it, over a made lake."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qunyu.events.lake import rollup
from qunyu.events.lake.store import Lake
from qunyu.insights import newcomers
from qunyu.insights.board import Board, board
from qunyu.insights.metric import metrics, with_uses
from qunyu.insights.providers import provide
from qunyu.insights.question import BREAKDOWNS, Question
from qunyu.kernel.periods import GRAINS
from qunyu.kernel.scope import system_scope

ALL = metrics()
# Those that the SQL by hand and the data frames compute as well; what is told of newcomers is not among them.
MEASURED = frozenset(
    key for key in ALL if not any(each.uses & newcomers.COLUMNS.keys() for each in with_uses(frozenset({key})))
)


def roll_up(folder: str) -> int:
    """Builds the whole activity rollup; how many (day, community) pairs there are."""
    lake = Lake(Path(folder) / "lake")
    with lake.connect() as connection:
        pairs = connection.sql(
            "SELECT DISTINCT local_day, community FROM facts WHERE community IS NOT NULL"
        ).to_arrow_table()
    rollup.refresh(lake, pairs)
    return int(pairs.num_rows)


def stand_in(place: Path) -> None:
    """The made lake's people and communities come from tables beside it, not from a database."""
    for name in ("communities", "identities"):
        table = pq.ParquetFile(place / f"{name}.parquet").read()
        provide(name, lambda scope, table=table: table)


def answer(folder: str, grain: str, by: str) -> Figures:
    """Every metric of the question as the product gives it."""
    place = Path(folder)
    stand_in(place)
    question = Question(
        grain=next(each for each in GRAINS if each == grain),
        by=next(each for each in BREAKDOWNS if each == by),
        metrics=MEASURED,
    )
    return Figures(board(Lake(place / "lake"), system_scope("benchmark"), question))


class Figures:
    """A board; made a table only after the clock has stopped."""

    schema = pa.schema(
        [
            ("metric", pa.string()),
            ("key", pa.int64()),
            ("period", pa.date32()),
            ("part", pa.string()),
            ("value", pa.float64()),
        ]
    )

    def __init__(self, found: Board) -> None:
        self.board = found

    def table(self) -> pa.Table:
        """metric, key, period, part, value: one row per figure."""
        names = list(self.board.figures)
        columns = list(zip(*names, strict=True))
        values = [figure.value for figure in self.board.figures.values()]
        return pa.table([*columns, values], schema=self.schema)
