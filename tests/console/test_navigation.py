"""The navigation: no page loses its place in it, and no place leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from qunyu.console.navigation import MAP, Place
from qunyu.console.urls import urlpatterns
from tests.access_pages import CONSOLE

# What is sent as a file, or leads on, has no navigation around it.
FILES = {"report_html", "report_png", "segment_file", "tags_export", "privacy_export", "privacy_receipt", "home"}


def places(above: tuple[Place, ...] = MAP) -> Iterator[Place]:
    """Every place, those above first."""
    for each in above:
        yield each
        yield from places(each.below)


def test_every_page_is_within_a_place() -> None:
    within = {name for place in places() for name in (place.name, *place.within)}
    shown = {door.name for door in CONSOLE if door.method == "get" and door.where != "open"}
    assert sorted(shown - FILES - within) == []


def test_every_place_is_there_and_no_page_lies_in_two() -> None:
    named = [name for place in places() for name in place.within]
    assert {*named, *(place.name for place in places())} <= {each.name for each in urlpatterns}
    assert sorted(name for name in named if named.count(name) > 1) == []
