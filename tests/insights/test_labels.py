"""Every label decides its own examples, and its words and thresholds are whole."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
import sqlglot

from qunyu.insights.features import FEATURES
from qunyu.insights.label import Label, defaults, find_label, labels
from qunyu.insights.labelling import select
from qunyu.kernel.errors import DomainError

# Features that are no numbers.
OTHERS = {
    "present": "BOOLEAN",
    "orders_known": "BOOLEAN",
    "first_day": "VARCHAR",
    "last_day": "VARCHAR",
    "last_order": "VARCHAR",
}
EACH = pytest.mark.parametrize("label", labels().values(), ids=lambda label: label.key)
EXAMPLES = [
    pytest.param(label, features, value, id=f"{label.key}-{number}")
    for label in labels().values()
    for number, (features, value) in enumerate(label.examples)
]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        columns = ", ".join(f"NULL::DOUBLE AS {name}" for name in FEATURES if name not in OTHERS)
        others = ", ".join(f"NULL::{kind} AS {name}" for name, kind in OTHERS.items())
        opened.execute(f"CREATE TABLE features AS SELECT 1 AS member, 1 AS unit, {others}, {columns}")
        bars = ", ".join(f"{value} AS {name}" for name, value in defaults().items())
        opened.execute(f"CREATE TABLE units AS SELECT 1 AS unit, '/1/' AS path, {bars}")
        yield opened


@pytest.mark.parametrize(("label", "features", "value"), EXAMPLES)
def test_worked_example(
    label: Label, features: dict[str, object], value: str, connection: duckdb.DuckDBPyConnection
) -> None:
    for name, given in features.items():
        connection.execute(f"UPDATE features SET {name} = ?", [given])
    ((_, member, unit, got, rule, _),) = connection.execute(select(label)).fetchall()
    assert (member, unit, got) == (1, 1, value)
    assert label.rules[rule].value == value


@EACH
def test_examples_reach_every_value(label: Label) -> None:
    assert {value for _, value in label.examples} == {each.code for each in label.values}


@EACH
def test_rules_give_only_known_values_and_the_last_one_always_holds(label: Label) -> None:
    assert {rule.value for rule in label.rules} == {each.code for each in label.values}
    assert label.rules[-1].when == "true"


@EACH
def test_names_are_known(label: Label) -> None:
    own = {each.key for each in label.thresholds}
    assert label.uses <= FEATURES.keys() | label.scores.keys() | own
    assert own <= label.uses | {"tier_window", "tier_least_days"}
    assert not own & FEATURES.keys()
    assert not label.scores.keys() & FEATURES.keys()


def test_thresholds_are_named_once_and_their_defaults_are_allowed() -> None:
    every = [each for label in labels().values() for each in label.thresholds]
    assert len({each.key for each in every}) == len(every)
    for each in every:
        assert each.least <= each.default <= each.most
        assert not each.whole or each.default == int(each.default)


@EACH
def test_thresholds_that_must_not_cross_exist_and_do_not(label: Label) -> None:
    for pair in label.orders:
        assert defaults()[pair.lower] <= defaults()[pair.higher]


@EACH
def test_reference_labels_have_no_thresholds(label: Label) -> None:
    assert not (label.reference and label.thresholds)


@EACH
def test_words_are_complete(label: Label) -> None:
    words = [label.title, label.question, label.definition, *(each.otherwise for each in label.orders)]
    words += [word for each in label.values for word in (each.title, each.meaning)]
    words += [word for each in label.thresholds for word in (each.title, each.unit)]
    words += [rule.because for rule in label.rules]
    assert all(each.zh and each.en for each in words)


@EACH
def test_conditions_translate_for_spark(label: Label) -> None:
    for sql in (*label.scores.values(), *(rule.when for rule in label.rules)):
        assert sqlglot.transpile(f"SELECT {sql}", read="duckdb", write="spark")


def test_unknown_names_are_told() -> None:
    with pytest.raises(DomainError, match="tier"):
        find_label("rank")
    with pytest.raises(DomainError, match="professional"):
        find_label("tier").value("expert")
