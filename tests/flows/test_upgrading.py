"""A deployment of an earlier release: its rollup has fewer columns and is computed anew."""

from __future__ import annotations

import pyarrow as pa
import pytest

from qunyu.events import actions as events
from qunyu.events.lake import store
from qunyu.events.lake.schema import ACTIVITY
from qunyu.flows import upgrading
from qunyu.flows.place import lake, place
from qunyu.flows.upgrading import bring_up_to_date
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME
from tests.flows.conftest import Desk

LATER = ("questions", "answers", "promotions")


@pytest.fixture
def early(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A finished import whose rollup lacks LATER; the rollup as it should be."""
    desk.bring({TEA_NAME: TEA_CHAT})
    whole = desk.facts("activity")
    schema = pa.schema([field for field in ACTIVITY if field.name not in LATER])
    rows = [{name: row[name] for name in schema.names} for row in whole]
    table = pa.Table.from_pylist(rows, schema)
    with monkeypatch.context() as patch:
        patch.setitem(store.SCHEMAS, "activity", schema)
        place().lake.recast("activity", table.to_reader())
        events.publish(place().lake)
    return whole


@pytest.mark.django_db
def test_the_rollup_gets_its_columns(desk: Desk, early: list[dict[str, object]]) -> None:
    assert lake().outdated("activity")
    assert LATER[0] not in desk.facts("activity")[0]
    assert bring_up_to_date(place=place(), now=NOW)
    assert desk.facts("activity") == early
    assert not bring_up_to_date(place=place(), now=NOW)


@pytest.mark.django_db
def test_readers_see_the_old_one_until_the_new_one_is_published(
    desk: Desk, early: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(upgrading, "settle", crash)
        with pytest.raises(RuntimeError):
            bring_up_to_date(place=place(), now=NOW)
    assert lake().outdated("activity")
    assert bring_up_to_date(place=place(), now=NOW)
    assert desk.facts("activity") == early


@pytest.mark.django_db
def test_a_new_deployment_has_nothing_to_catch_up_with(desk: Desk) -> None:
    assert not bring_up_to_date(place=place(), now=NOW)
