"""What `pytest --postgres` leaves out: the tests that use no database, and those marked `once`, which look at what a browser does with
a page. Without --postgres they run; on another database they would do exactly the same again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

LEFT_OUT = pytest.StashKey[int]()


def runs_again(test: pytest.Item) -> bool:
    """Whether another database is a reason to run the test once more."""
    return uses_database(test) and test.get_closest_marker("once") is None


def uses_database(test: pytest.Item) -> bool:
    """Whether the test may come out differently on another database: whatever leads to one asks for `on_postgres`."""
    return "on_postgres" in getattr(test, "fixturenames", ()) or test.get_closest_marker("django_db") is not None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps what uses a database, when that is PostgreSQL."""
    if config.getoption("--postgres"):
        left_out = [test for test in items if not runs_again(test)]
        items[:] = [test for test in items if runs_again(test)]
        config.stash[LEFT_OUT] = len(left_out)
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> Iterator[None]:
    """Refuses a test that opens the database without saying so beforehand: it would be left out by mistake."""
    if fixturedef.argname == "_django_db_helper" and not uses_database(request.node):
        pytest.fail("a test that uses the database names a fixture that leads to it, or is marked django_db")
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells the process that reports."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker collects all tests, so one number is as good as the other."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says how many were left out."""
    if config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{config.stash[LEFT_OUT]} tests left out: on SQLite or not, they do the same")
