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
    # A table that is sent along: its field, and its text.
    file: tuple[str, str] = ("", "")
    # What else is answered to who may elsewhere alone: what is sent names somebody or something that they do not know.
    unknown: tuple[int, ...] = ()
    # The part of the deployment that the address belongs to.
    space: str = "console"


def opened(name: str, where: Where, needs: str = "", **address: str) -> Door:
    """A page that is looked at; `query` stands behind its address."""
    query = address.pop("query", "")
    return Door(name, "get", where, tuple(needs.split()), None, address, query)


def posted(name: str, where: Where, needs: str = "", data: dict[str, Any] | None = None, **address: str) -> Door:
    """Something sent by a form; what it names may be none of the choices of who holds the permissions elsewhere."""
    unknown = (400,) if data and where == "there" else ()
    return Door(name, "post", where, tuple(needs.split()), data or {}, address, unknown=unknown)


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


def sent(name: str, where: Where, needs: str, file: str, **more: Any) -> Door:
    """A table that is handed over in the field `field` ("file"); `data` goes with it, and what else stands in the address."""
    field, data, unknown = more.pop("field", "file"), more.pop("data", {}), more.pop("unknown", (400, 422))
    return Door(name, "post", where, tuple(needs.split()), data, more, file=(field, file), unknown=unknown)


# Tables, each with a line about what lies in the unit.
CONSENTS = "member_id,purpose,state\n{mei},service,granted\n"
OFFERS = "offer,kind,unit\n茶礼,gift,华东店\n"
OPINIONS = "member_id,kind,stars\n{mei},rating,5\n"
PROFILES = "member_id,region\n{mei},上海\n"
TAGS = "member_id,group,tag\n{lin},擅长,泡茶\n"
GIFTS = "member_id,points,reason\n{mei},5,生日\n"
DUTIES = "community,account,duty\nTea lovers,zhen,kol\n"
WORK = "day,minutes,kind\n2026-03-02,5,answering\n"
ROSTER = "unit\n华东店/二组\n"
CHAT = "order_id,customer_id,ordered_at,amount\nA-1,m1,2026-03-02 10:00:00,5\n"
