"""`qunyu offers`: which there are, who prefers what, which suit whom, and what came of them."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from qunyu.cli.prospects import UNIT
from qunyu.cli.segments import named_segment
from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from pydantic import BaseModel

    from qunyu.api.schemas.offers import TasteOut
    from qunyu.offers.models import Offer

SEGMENT = click.option("--segment", default="", help=help_text(Words("人群的编号或名称", "id or name of a segment")))
TYPE = click.option(
    "--type", "user_type", default="", help=help_text(Words("用户类型，如 loyal", "a user type, such as loyal"))
)
WHOSE = Words(
    "请用 --segment 给出一个人群，或用 --type 给出一个用户类型",
    "name a segment with --segment or a user type with --type",
)
SEVERAL = Words("有 {n} 个方案叫“{name}”，请用编号", "{n} offers are called “{name}”; name one by its id")


@click.group(
    help=help_text(Words("优惠方案：偏好、合适的方案与结果。", "Offers: preferences, what suits whom, and results."))
)
def offers() -> None:
    """Holds the commands about offers."""


@offers.command(
    name="list", help=help_text(Words("列出方案，每行一个 JSON 对象。", "List offers, one JSON object a line."))
)
@click.option("--archived", is_flag=True, help=help_text(Words("已收起的", "those put away")))
def list_offers(archived: bool) -> None:
    """As the API tells them, by name."""
    set_up()
    from qunyu.api.schemas.offers import offer_out
    from qunyu.kernel.scope import system_scope
    from qunyu.offers.queries import offers as listed

    for each in listed(system_scope("offers"), archived=archived):
        _say(offer_out(each))


@offers.command(
    name="preferences",
    help=help_text(
        Words(
            "一个人群或用户类型买什么，与全体相比，一个 JSON 对象。",
            "What a segment or user type buys beside everybody, one JSON object.",
        )
    ),
)
@UNIT
@SEGMENT
@TYPE
def preferences(unit: str, segment: str, user_type: str) -> None:
    """Shares of orders, with counts and the lift beside all others' orders."""
    set_up()
    click.echo(_taste(unit, segment, user_type).model_dump_json(exclude={"matches"}))


@offers.command(
    name="suiting",
    help=help_text(
        Words(
            "合适的方案，最合适的在前，每行一个 JSON 对象。",
            "Offers that suit them, the best first, one JSON object a line.",
        )
    ),
)
@UNIT
@SEGMENT
@TYPE
def suiting(unit: str, segment: str, user_type: str) -> None:
    """How many times as well each suits them as everybody, and why."""
    set_up()
    for each in _taste(unit, segment, user_type).matches:
        _say(each)


@offers.command(
    name="results",
    help=help_text(
        Words(
            "方案每次给出的结果，最近的在前，每行一个 JSON 对象。",
            "What came of an offer each time it was given, the latest first, one JSON object a line.",
        )
    ),
)
@click.argument("which", metavar="OFFER")
def results(which: str) -> None:
    """Counts of those who got it beside the others; nobody's name."""
    set_up()
    from qunyu.api.schemas.offers import result_out
    from qunyu.kernel.scope import system_scope
    from qunyu.offers.queries import givings_of, last_order_day
    from qunyu.offers.results import results as told

    scope, offer = system_scope("offers"), _named_offer(which)
    found = list(givings_of(offer).select_related("offer__unit"))
    for each in told(scope, found, last_order_day(scope, offer.unit)):
        _say(result_out(each))


@offers.command(
    name="export",
    help=help_text(Words("把方案写成 CSV，可以再导入。", "Write offers as CSV that can be imported again.")),
)
@click.option("--archived", is_flag=True, help=help_text(Words("已收起的", "those put away")))
def export(archived: bool) -> None:
    """Writes on standard output."""
    set_up()
    from qunyu.flows.offers_table import offer_rows
    from qunyu.kernel.scope import system_scope
    from qunyu.offers.queries import offers as listed

    csv.writer(sys.stdout).writerows(offer_rows(listed(system_scope("offers"), archived=archived)))


def _say(told: BaseModel) -> None:
    click.echo(told.model_dump_json())


def _taste(unit: str, segment: str, user_type: str) -> TasteOut:
    from qunyu.api.schemas.offers import taste_out
    from qunyu.insights.label import find_label
    from qunyu.kernel.scope import system_scope
    from qunyu.offers.preferences import suiting as suits
    from qunyu.people.queries import find_unit

    if bool(segment) == bool(user_type):
        raise DomainError("nothing_named", WHOSE)
    whose = named_segment(segment) if segment else find_label("user_type").value(user_type).code
    return taste_out(*suits(system_scope("offers"), find_unit(unit), whose, datetime.now(UTC)))


def _named_offer(which: str) -> Offer:
    """The offer of that id, or the only one of that name.

    Raises DomainError unknown_offer or several_offers.
    """
    from qunyu.kernel.scope import system_scope
    from qunyu.offers.queries import find_offer
    from qunyu.offers.queries import offers as listed

    scope = system_scope("offers")
    named = list(listed(scope, archived=None).filter(name=which))
    if len(named) > 1:
        raise DomainError("several_offers", SEVERAL.fill(n=len(named), name=which))
    return named[0] if named else find_offer(scope, which)
