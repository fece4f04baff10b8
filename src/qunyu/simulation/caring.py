"""Caring: birthdays, some contacts and asks of the made-up brand, so that its relationship calendar lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from qunyu.care.asks import Result, Wish, ask_favour, note_result
from qunyu.communities.duties import local_day
from qunyu.flows.caring import care
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members.contacts import note_contact
from qunyu.members.fields import BASIC
from qunyu.members.profile import write
from qunyu.members.queries import search_people

if TYPE_CHECKING:
    from qunyu.members.models import Member

BORN, CONTACTED, ASKED, SEED = 120, 10, 6, 7
BIRTHDAY = next(each for each in BASIC if each.key == "birthday")
SAID = (("direct", "问候，聊了聊近况", "约好下周试新茶"), ("call", "回访上次的订单", ""), ("moments", "点赞并留言", ""))
WISHES = (
    Wish("feedback", "新茶喝着怎么样？"),
    Wish("photo", "能晒一张泡茶的照片吗？"),
    Wish("recommendation", "有朋友也爱喝茶吗？"),
)
CAME = (
    Result("did", "很乐意", "word", "群里道谢"),
    Result("agreed", "下周给"),
    Result("silent"),
    Result("declined", "不太方便"),
)


def be_caring(*, by: Scope, now: datetime) -> None:
    """Birthdays of BORN people within two months, CONTACTED contacts, ASKED asks with results; then the calendar is filled."""
    random = Random(SEED)
    found = list(search_people(by, role="member").order_by("pk")[: BORN * 3 : 3])
    today = local_day(now)
    days = [(today + timedelta(days=random.randrange(-3, 45))).strftime("%m-%d") for _ in found]
    years = [random.randrange(1965, 2003) for _ in found]
    born = [
        (member.pk, BIRTHDAY, f"{year}-{day}" if day != "02-29" else "--02-29")
        for member, year, day in zip(found, years, days, strict=True)
    ]
    write(by=by, values=born, now=now)
    _contact(by, found[:CONTACTED], now)
    _ask(by, found[CONTACTED : CONTACTED + ASKED], now)
    care(now=now)


def _contact(by: Scope, members: list[Member], now: datetime) -> None:
    for number, member in enumerate(members):
        channel, summary, result = SAID[number % len(SAID)]
        at = now - timedelta(days=1 + number)
        told = {"channel": channel, "direction": "in" if number % 4 == 3 else "out", "summary": summary}
        note_contact(by=by, member=member, at=at, result=result, now=now, **told)


def _ask(by: Scope, members: list[Member], now: datetime) -> None:
    # By day: whoever starts a demo at night would be refused for the quiet hours.
    at = now.replace(hour=4) - timedelta(days=9)
    for number, member in enumerate(members):
        try:
            made = ask_favour(by=by, member=member, wish=WISHES[number % len(WISHES)], now=at)
        except DomainError:
            continue
        note_result(by=by, ask=made, result=CAME[number % len(CAME)], now=now)
