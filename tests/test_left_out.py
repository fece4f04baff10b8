"""Which tests `pytest --postgres` runs: those that lead to the database, by a mark or by a fixture however far away."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from qunyu.kernel.scope import Scope
from tests.left_out import pytest_fixture_setup, runs_again, uses_database


def test_nothing_leads_to_the_database(request: pytest.FixtureRequest) -> None:
    assert not uses_database(request.node)


@pytest.mark.django_db
def test_a_mark_leads_to_it(request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)


def test_a_fixture_of_a_fixture_leads_to_it(request: pytest.FixtureRequest, system: Scope) -> None:
    assert uses_database(request.node)


def test_the_address_leads_to_it(request: pytest.FixtureRequest, database_address: str) -> None:
    assert uses_database(request.node)


@pytest.mark.once
def test_what_no_database_changes_runs_once(request: pytest.FixtureRequest, system: Scope) -> None:
    assert uses_database(request.node)
    assert not runs_again(request.node)


def test_what_uses_one_runs_again(request: pytest.FixtureRequest, system: Scope) -> None:
    assert runs_again(request.node)


def test_who_does_not_say_so_is_refused(request: pytest.FixtureRequest) -> None:
    # The hook alone: a fixture whose setup is really broken off spoils the process for the tests after it.
    opening = SimpleNamespace(argname="_django_db_helper")
    with pytest.raises(pytest.fail.Exception, match="names a fixture"):
        next(pytest_fixture_setup(opening, request))  # type: ignore[arg-type]


def test_other_fixtures_are_nobodys_matter(request: pytest.FixtureRequest) -> None:
    other = SimpleNamespace(argname="tmp_path")
    assert next(pytest_fixture_setup(other, request)) is None  # type: ignore[arg-type]
