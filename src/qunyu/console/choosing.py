"""Choosing: which points programme a page is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import reverse

from qunyu.console.asking import Ask, answer
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.programmes import find_programme, may_change, programmes
from qunyu.people.queries import units_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from qunyu.loyalty.models import Programme
    from qunyu.people.models import Unit

    Thing = TypeVar("Thing")

TABS: tuple[tuple[str, Words], ...] = (
    ("points", Words("概览", "Overview")),
    ("points_ledger", Words("积分明细", "Ledger")),
    ("levels", Words("等级", "Levels")),
    ("benefits", Words("权益", "Benefits")),
    ("rewards", Words("奖品", "Rewards")),
    ("redemptions", Words("兑换记录", "Redemptions")),
    ("vip", Words("VIP 社群", "VIP communities")),
    ("points_programme", Words("方案与规则", "Programme & rules")),
)


def chosen(request: Ask) -> Programme | None:
    """The programme that the address names, or the first; None where there is none.

    Raises Denied; DomainError unknown_programme.
    """
    request.scope.require("members.view")
    asked = request.GET.get("programme", "")
    return find_programme(request.scope, asked) if asked else programmes(request.scope).first()


def around(request: Ask, programme: Programme | None, tab: str) -> dict[str, Any]:
    """What stands around every page of a programme: its tabs, the other programmes, and what may be done."""
    every = list(programmes(request.scope))
    query = f"?programme={programme.public_id}" if programme and len(every) > 1 else ""
    may = request.scope.may("settings.edit")
    return {
        "programme": programme,
        "programmes": every if len(every) > 1 else [],
        "tabs": [(f"{reverse(f'console:{name}')}{query}", title, name == tab) for name, title in TABS if may or name != "points_programme"],
        "tab": tab,
        "chosen": query,
        "may_set": programme is not None and may_change(request.scope, programme),
        "may_give": request.scope.may("points.edit"),
        "may_begin": may,
    }  # fmt: skip


def none_yet(request: Ask, tab: str) -> HttpResponse:
    """The page for whom no programme counts yet."""
    return answer(request, "points_none", around(request, None, tab))


def found_in(scope: Scope, find: Callable[[Programme, str], Thing], public_id: str) -> Thing:
    """What `find` finds with that public id in any programme that counts for `scope`.

    Raises Denied; DomainError of `find`, or unknown_programme where there is none.
    """
    scope.require("members.view")
    refused = DomainError("unknown_programme", Words("还没有积分方案", "there is no points programme yet"))
    for each in programmes(scope):
        try:
            return find(each, public_id)
        except DomainError as error:
            refused = error
    raise refused


def open_units(scope: Scope) -> list[tuple[Unit, str]]:
    """The units whose settings may be changed, with their indents."""
    return [(unit, "　" * unit.depth) for unit in units_in(scope, "settings.edit")]
