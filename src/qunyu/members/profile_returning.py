"""Returning by a table of profiles: somebody new in it may be somebody whose data were erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings

from qunyu.communities.queries import communities, communities_where
from qunyu.events.phones import hashed, phone
from qunyu.kernel.platform_ids import readable_id
from qunyu.kernel.returning import stopped
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.words import Words
from qunyu.members.stops import stop_of, stop_of_mark

if TYPE_CHECKING:
    from qunyu.members.profile_table import Line

ERASED = Words(
    "这个人的信息已按要求删除，不能再导入；若本人回来，请个人信息保护负责人解除",
    "this person’s data were erased on request and are not imported again; if they came back, ask the privacy officer to lift that",
)


def leave_out(by: Scope, lines: Sequence[Line]) -> None:
    """Says of new people whom the stop list names that they cannot be made; keeps on each line what it was looked up by."""
    fresh = [each for each in lines if each.new]
    homes = _homes(by, fresh)
    platforms = set(communities(system_scope("stop list")).order_by().values_list("platform", flat=True).distinct())
    for each in fresh:
        each.known_as = _known_as(each, homes, platforms)
    gone = stopped({name for each in fresh for name in each.known_as})
    for each in fresh:
        if not gone.isdisjoint(each.known_as):
            each.problems.append(ERASED)


def _homes(by: Scope, lines: Sequence[Line]) -> dict[str, set[tuple[str, str]]]:
    """The platform and key of every community that goes by a name in the lines."""
    named = {each.cells["community"] for each in lines if each.cells.get("community")}
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    here = communities_where(by, "members.view").filter(name__in=named)
    for name, platform, key, sealed in here.values_list("name", "platform", "key", "sealed"):
        found[name] |= {(platform, each) for each in (key, readable_id(key, sealed)) if each is not None}
    return found


def _known_as(line: Line, homes: dict[str, set[tuple[str, str]]], platforms: set[str]) -> frozenset[str]:
    """What the stop list may know somebody by: phone number, account (on any platform where none is named), name in a community."""
    cells, found = line.cells, set()
    number = phone(cells.get("phone", ""))
    if number:
        found.add(stop_of_mark("phone", hashed(number, settings.SECRET_KEY)))
    if cells.get("platform_id"):
        named = {cells["platform"].casefold()} if cells.get("platform") else platforms
        found |= {stop_of(each, "", cells["platform_id"]) for each in named}
    for platform, key in homes.get(cells.get("community", ""), ()):
        found.add(stop_of(platform, key, cells.get("name", "")))
    return frozenset(found)
