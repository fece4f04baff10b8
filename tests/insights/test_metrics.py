"""Every metric computes its own worked example, and knows its place."""

from collections.abc import Iterator

import duckdb
import pytest
import sqlglot

from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import Metric, find_metric, metrics, with_uses
from qunyu.insights.views import COLUMNS
from qunyu.kernel.errors import DomainError

EACH = pytest.mark.parametrize("metric", metrics().values(), ids=lambda metric: metric.key)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        for view, columns in COLUMNS.items():
            opened.execute(f"CREATE TABLE {view} ({', '.join(columns)})")
        yield opened


@EACH
def test_worked_example(metric: Metric, connection: duckdb.DuckDBPyConnection) -> None:
    for view, rows in metric.example.rows.items():
        marks = ", ".join("?" for _ in COLUMNS[view])
        connection.executemany(f"INSERT INTO {view} VALUES ({marks})", rows)
    for each in with_uses(frozenset({metric.key})):
        connection.execute(f"CREATE TABLE {each.key} AS {each.sql}")
    part = ", part" if metric.unit == "money" else ""
    got = connection.execute(f"SELECT key, period, value{part} FROM {metric.key} ORDER BY key, period{part}").fetchall()
    assert got == [tuple(row) for row in metric.example.gives]
    assert all(n[0] >= 0 for n in connection.execute(f"SELECT n FROM {metric.key}").fetchall())


@EACH
def test_uses_only_documented_views_and_metrics(metric: Metric) -> None:
    assert metric.uses <= COLUMNS.keys() | metrics().keys()
    assert set(metric.needs) <= INPUTS.keys()


@EACH
def test_same_text_translates_for_spark(metric: Metric) -> None:
    assert sqlglot.transpile(metric.sql, read="duckdb", write="spark")


@EACH
def test_words_are_complete(metric: Metric) -> None:
    for words in (metric.title, metric.question, metric.definition):
        assert words.zh
        assert words.en
    assert metric.source[0] in "PNXM"


def test_unknown_metric_names_those_there_are() -> None:
    with pytest.raises(DomainError, match="active_members"):
        find_metric("no_such")


@EACH
def test_people_are_those_the_example_counts(metric: Metric, connection: duckdb.DuckDBPyConnection) -> None:
    if metric.people is None:
        # Nobody is active on an average day.
        assert metric.unit != "people" or metric.key == "dau"
        return
    assert metric.people.uses <= COLUMNS.keys()
    for view, rows in metric.example.rows.items():
        marks = ", ".join("?" for _ in COLUMNS[view])
        connection.executemany(f"INSERT INTO {view} VALUES ({marks})", rows)
    found = connection.execute(
        f"SELECT key, period, count(DISTINCT member) FROM ({metric.people.sql}) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if metric.unit == "people" and metric.people.uses <= metric.example.rows.keys():
        assert found == [row for row in metric.example.gives if row[2]]
