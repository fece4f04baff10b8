"""An engine serves one question after another, one at a time, and keeps nothing of any."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from qunyu.events.lake import engines
from qunyu.events.lake.engines import engine


@pytest.fixture(autouse=True)
def none_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_idle", [])


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> object:
    return connection.execute(f"SELECT current_setting('{name}')").fetchall()[0][0]


def test_nothing_of_a_question_is_there_for_the_next(tmp_path: Path) -> None:
    for _ in range(2):
        with engine("100MB", tmp_path) as connection:
            connection.execute("CREATE TYPE role AS ENUM ('member')")
            connection.execute("CREATE TABLE kept AS SELECT 'member'::role AS role")
            connection.execute("CREATE TEMP TABLE told AS SELECT 1")
            connection.execute(f"ATTACH '{tmp_path / 'bench.duckdb'}' AS bench")
            connection.execute("CREATE OR REPLACE TABLE bench.noted AS SELECT 1; USE bench")
            connection.register("given", pa.table({"a": [1]}))
    assert len(engines._idle) == 1
    with engine("100MB", tmp_path) as connection:
        names = (
            "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal"
        )
        assert connection.execute(names).fetchall() == []
        assert setting(connection, "TimeZone") == "UTC"
        with pytest.raises(duckdb.CatalogException):
            connection.execute("FROM given")


def test_each_question_has_its_own_memory_and_place(tmp_path: Path) -> None:
    for memory, told in (("100MB", "95.3 MiB"), ("200MB", "190.7 MiB"), ("100MB", "95.3 MiB")):
        place = tmp_path / memory
        with engine(memory, place) as connection:
            assert (setting(connection, "memory_limit"), setting(connection, "temp_directory")) == (told, str(place))
    assert len(engines._idle) == 1


def test_questions_at_the_same_time_share_no_engine(tmp_path: Path) -> None:
    with engine("100MB", tmp_path) as one, engine("200MB", tmp_path) as other:
        one.execute("CREATE TABLE t AS SELECT 1")
        assert [setting(each, "memory_limit") for each in (one, other)] == ["95.3 MiB", "190.7 MiB"]
        with pytest.raises(duckdb.CatalogException):
            other.execute("FROM t")
    assert len(engines._idle) == 2


def test_after_an_error_an_engine_is_not_used_again(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), engine("100MB", tmp_path):
        raise ZeroDivisionError
    assert engines._idle == []


def test_one_that_has_spilled_does_not_spill_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    big = "CREATE TEMP TABLE t AS SELECT range AS n, hash(range)::VARCHAR AS told FROM range(1_000_000)"
    for place in (tmp_path / "a", tmp_path / "b"):
        with engine("24MB", place) as connection:
            connection.execute(big)
            assert list(place.iterdir())
            assert setting(connection, "temp_directory") == str(place)


def test_only_so_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "KEPT", 1)
    with engine("100MB", tmp_path), engine("100MB", tmp_path):
        pass
    assert len(engines._idle) == 1
