"""What may be mapped: every field of every kind of table, and the settings beside them."""

import pytest

from qunyu.events import plain_columns
from qunyu.events.columns import SETTINGS
from qunyu.events.mapping import CHOICES, FIELDS
from qunyu.events.member_columns import MEMBERS
from qunyu.events.orders.headers import ORDERS
from qunyu.events.readers.costs import COSTS
from qunyu.events.reading import readers
from qunyu.flows.request import ImportRequest, checked
from qunyu.kernel.errors import DomainError


def test_all_that_readers_look_for_may_be_mapped() -> None:
    fields = {*plain_columns.FIELDS, *ORDERS.fields, *MEMBERS.fields, *COSTS.fields}
    assert fields <= {*FIELDS}
    assert {*CHOICES} == SETTINGS
    assert {name for reader in readers().values() for name in reader.example.columns} <= {*FIELDS, *CHOICES}


@pytest.mark.parametrize("ours", [*FIELDS])
def test_a_field_is_taken(ours: str) -> None:
    assert checked(ImportRequest((), columns={ours: "x"})).columns == {ours: "x"}


@pytest.mark.parametrize("ours", ["amout", "foo", "Amount", "", "date order"])
def test_an_unknown_field_is_refused_by_name(ours: str) -> None:
    with pytest.raises(DomainError) as refused:
        checked(ImportRequest((), columns={"time": "t", ours: "x"}))
    error = refused.value
    assert error.code == "bad_map"
    for words in (error.message.zh, error.message.en):
        assert f"“{ours}”" in words
        assert all(f"{name}" in words for name in (*FIELDS, *CHOICES))


def test_settings_are_taken_with_values_they_have() -> None:
    for name, choices in CHOICES.items():
        for value in choices:
            assert checked(ImportRequest((), columns={name: value})).columns == {name: value}
        with pytest.raises(DomainError) as refused:
            checked(ImportRequest((), columns={name: "sideways"}))
        assert refused.value.code == "bad_map"
        assert refused.value.message.en == f"{name} cannot be “sideways”; there are: {', '.join(choices)}"
