"""Every signal says of its examples what it should, and of somebody of whom nothing is known."""

from __future__ import annotations

import duckdb
import pytest

from qunyu.insights.chances import NOBODY
from qunyu.insights.signal import find_signal, invitations, signals
from qunyu.kernel.errors import DomainError


@pytest.mark.parametrize("key", sorted(signals()))
def test_a_signal_holds_where_its_examples_say(key: str) -> None:
    signal = signals()[key]
    assert {held for _, held in signal.examples} == {True, False}
    for row, held in signal.examples:
        assert set(row) <= set(NOBODY)
        values = {**NOBODY, **{name: repr(value) for name, value in row.items()}}
        columns = ", ".join(f"{value} AS {name}" for name, value in values.items())
        found = duckdb.execute(f"SELECT coalesce({signal.when}, false) FROM (SELECT {columns})").fetchall()
        assert found == [(held,)], row


def test_words_to_open_with_are_addressed_to_somebody_and_in_both_languages() -> None:
    assert next(iter(invitations())) == "due"
    assert "silent" not in invitations()
    for each in invitations().values():
        assert each.opening is not None
        assert "{name}" in each.opening.zh and "{name}" in each.opening.en
    with pytest.raises(DomainError, match="silent"):
        find_signal("silent")
