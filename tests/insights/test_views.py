"""The scoped views have exactly the columns that metrics and their examples are written against."""

import pytest

from qunyu.insights.board import Asked
from qunyu.insights.question import BREAKDOWNS, Breakdown, Question
from qunyu.insights.views import COLUMNS
from tests.insights.stories import EVERYTHING, Story

INTEGERS = frozenset("TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT".split())


def plain(kind: str) -> str:
    """The kind as metrics may rely on it: how wide a whole number is does not matter, nor how words are kept."""
    return "BIGINT" if kind in INTEGERS else "VARCHAR" if kind.startswith("ENUM") or kind == "role" else kind


def described(text: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, _, kind in (column.partition(" ") for column in text.split(", "))]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    story = Story(tmp_path_factory.mktemp("told"))
    story.brings(2, 1, "2026-03-01 08:00")
    story.says(1, "2026-03-01 09:00", text="今天特价，点击链接")
    story.buys(1, "2026-03-02", 100)
    story.costs(5, "2026-03-01", community=1)
    story.opines(1, "2026-03-02", "rating", 80)
    story.shown(5, "2026-03-01", community=1)
    return story


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_columns(told: Story, by: Breakdown) -> None:
    with told.told(), told.lake.connect() as connection:
        asked = Asked(connection, EVERYTHING, Question(by=by))
        assert asked.open()
        asked.base_views()
        for view, columns in COLUMNS.items():
            rows = connection.execute(f"DESCRIBE {view}").fetchall()
            # What follows the described columns is for the board itself.
            got = [(name, plain(kind)) for name, kind, *_ in rows[: len(columns)]]
            assert (view, got) == (view, described(", ".join(columns)))
            assert connection.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0] > 0


def test_every_key_of_a_view_is_one_of_the_questions(told: Story) -> None:
    with told.told(), told.lake.connect() as connection:
        asked = Asked(connection, EVERYTHING, Question(by="community"))
        asked.open()
        asked.base_views()
        for view, columns in COLUMNS.items():
            if columns[0].startswith("key "):
                assert connection.execute(f"SELECT DISTINCT key FROM {view}").fetchall() == [(1,)]
