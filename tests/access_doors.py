"""Doors: what somebody needs to pass one way in, a page of the console (access_pages) or an operation of the API (access_operations)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

# open: anybody. signed: whoever is signed in. anywhere: the permissions somewhere (a list, which shows what is in scope alone).
# there: the permissions at the unit of what is asked for. top: the permissions at the top of the tree.
# nobody: only whoever made it, and nobody here did.
Where = Literal["open", "signed", "anywhere", "there", "top", "nobody"]


@dataclass(frozen=True)
class Door:
    """One way in: `name` of the address or operation, `needs` where, what is sent with it, and what stands in the address."""

    name: str
    method: str
    where: Where
    needs: tuple[str, ...] = ()
    data: dict[str, Any] | Callable[[], dict[str, Any]] | None = None
    address: dict[str, str] = field(default_factory=dict)
    query: str = ""
    # What else is answered to who passes: what is sent is not all that it takes.
    also: tuple[int, ...] = ()


def opened(name: str, where: Where, needs: str = "", **address: str) -> Door:
    """A page that is looked at; `query` stands behind its address."""
    query = address.pop("query", "")
    return Door(name, "get", where, tuple(needs.split()), None, address, query)


def posted(name: str, where: Where, needs: str = "", data: dict[str, Any] | None = None, **address: str) -> Door:
    """Something sent by a form."""
    return Door(name, "post", where, tuple(needs.split()), data or {}, address)


SEE, PEOPLE, ORDERS, EDIT = "communities.view", "members.view", "orders.view", "communities.edit"
# Days that the world has data of.
SPAN = "?first=2026-03-01&last=2026-03-31"
MANAGE, IMPORTS, RUN, SETTINGS = "staff.manage", "imports.view", "imports.run", "settings.edit"
EFFORT, CHANGE, REVEAL = "effort.view", "members.edit", "members.reveal"
POINTS, PROTECT = "points.edit", "privacy.manage"
# Zhen is an analyst: whoever changes the account must hold what an analyst holds.
OVER_ZHEN = f"{MANAGE} {SEE} {ORDERS}"
SURVEY: dict[str, Any] = {"title": "满意吗", "questions": [{"kind": "stars", "title": "满意吗？"}]}


def asked(name: str, method: str, where: Where, needs: str = "", data: Any = None, **address: str) -> Door:
    """An operation of the API; `query` stands behind its address."""
    query = address.pop("query", "")
    return Door(name, method, where, tuple(needs.split()), data, address, query)
