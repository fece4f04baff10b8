"""Which tests `pytest --postgres` runs: those that lead to the database, by a mark or by a fixture however far away."""

from __future__ import annotations

import pytest

from qunyu.kernel.scope import Scope
from tests.left_out import uses_database


def test_nothing_leads_to_the_database(request: pytest.FixtureRequest) -> None:
    assert not uses_database(request.node)


@pytest.mark.django_db
def test_a_mark_leads_to_it(request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)


def test_a_fixture_of_a_fixture_leads_to_it(request: pytest.FixtureRequest, system: Scope) -> None:
    assert uses_database(request.node)


def test_the_address_leads_to_it(request: pytest.FixtureRequest, database_address: str) -> None:
    assert uses_database(request.node)


def test_who_does_not_say_so_is_refused(request: pytest.FixtureRequest) -> None:
    with pytest.raises(pytest.fail.Exception, match="names a fixture"):
        request.getfixturevalue("db")
