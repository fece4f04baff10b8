"""What is asked once while a page is made, and anew afterwards."""

from __future__ import annotations

from qunyu.kernel.once import asking_once, once


def test_asked_once_within_and_anew_outside() -> None:
    told: list[int] = []

    @once
    def count() -> int:
        told.append(1)
        return len(told)

    assert [count(), count()] == [1, 2]
    with asking_once():
        assert [count(), count()] == [3, 3]
    with asking_once():
        assert count() == 4
    assert count() == 5
