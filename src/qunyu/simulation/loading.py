"""Loading: a generated brand goes through the same import as anybody's files, and its units and communities are set."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qunyu.communities.actions import edit, move_to_unit
from qunyu.communities.queries import by_platform_keys
from qunyu.flows.at_once import import_now
from qunyu.flows.importing import Progress
from qunyu.flows.labelling import label
from qunyu.flows.request import ImportRequest, Part
from qunyu.flows.suggesting import suggest
from qunyu.kernel.scope import Scope
from qunyu.people.actions import add_unit
from qunyu.people.queries import root_unit
from qunyu.simulation.caring import be_caring
from qunyu.simulation.crews import carers
from qunyu.simulation.grouping import group
from qunyu.simulation.hearing import hear
from qunyu.simulation.knowing import know
from qunyu.simulation.offering import make_offers
from qunyu.simulation.offices import appoint
from qunyu.simulation.rewards import offer_rewards
from qunyu.simulation.tagging import tag

TABLES = ("members", "orders", "costs")


def load(folder: Path, *, by: Scope, title: str, now: datetime, progress: Progress) -> dict[str, Any]:
    """Imports what `generate` wrote into `folder` as one import, names, types and places the communities, gives the crew its offices, labels
    everybody, tags some, asks who may be one person, begins a points programme and a
    relationship calendar, notes what people said, and makes some segments and offers.

    The import's summary. Raises what an import raises.
    """
    _, summary = import_now(_request(folder), title=title, now=now, progress=progress)
    described = json.loads((folder / "communities.json").read_text(encoding="utf-8"))
    known = by_platform_keys(by)
    for each in described:
        _describe(known[(each["platform"], each["key"])], each, by=by, now=now)
    appoint(described, by=by, now=now)
    label(now=now)
    tag(by=by, now=now)
    suggest(now=now, by=by)
    offer_rewards(by=by, now=now)
    caring = carers(by)
    be_caring(by=by, carers=caring, now=now)
    know(by=by, now=now)
    hear(by=by, carers=caring, now=now)
    group(by=by, now=now)
    make_offers(by=by, now=now)
    return summary


def _request(folder: Path) -> ImportRequest:
    chats = [Part((str(each),), "chat", each.name) for each in sorted((folder / "chats").iterdir())]
    tables = [Part((str(folder / f"{name}.csv"),), name) for name in TABLES]
    return ImportRequest((*chats, *tables))


def _describe(community: Any, each: dict[str, Any], *, by: Scope, now: datetime) -> None:
    unit = root_unit()
    for name in each["unit"]:
        unit = add_unit(by=by, parent=unit, name=name, now=now)
    days = {field: date.fromisoformat(each[told]) for field, told in DAYS.items() if each[told]}
    changes = {"type": each["type"], "theme": THEMES[each["theme"]], **days}
    edit(by=by, community=community, changes=changes, now=now)  # type: ignore[arg-type]
    move_to_unit(by=by, community=community, unit_id=unit.pk, now=now)


DAYS = {"opened_on": "opened", "closed_on": "dissolved"}
# What the generator's themes are called by those who run the brand.
THEMES = {
    "book": "茶与书",
    "cold": "冷泡",
    "daily": "日常喝茶",
    "deal": "优惠",
    "gift": "送礼",
    "guide": "选茶指南",
    "health": "养生",
    "kids": "亲子",
    "launch": "上新",
    "morning": "早茶",
    "partner": "伙伴",
    "sea": "出海",
    "vip": "会员",
    "ware": "茶器",
    "white": "白茶",
}
