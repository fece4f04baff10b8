"""Caring: birthdays, greetings, some contacts and asks of the made-up brand, so that its relationship calendar lives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from qunyu.care.actions import Said, leave_out, mark_done
from qunyu.care.asks import Result, Wish, ask_favour, note_result
from qunyu.care.kind import find_kind
from qunyu.care.queries import occasions, words_for
from qunyu.communities.duties import local_day
from qunyu.flows.caring import care
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members.contacts import note_contact
from qunyu.members.fields import BASIC
from qunyu.members.profile import write
from qunyu.members.queries import search_people

if TYPE_CHECKING:
    from qunyu.care.models import Occasion
    from qunyu.members.models import Member

BORN, CONTACTED, ASKED, GREETED, SEED = 120, 10, 6, 40, 7
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


def be_caring(*, by: Scope, carers: Mapping[int, Scope], now: datetime) -> None:
    """Birthdays of BORN people within two months, GREETED occasions of two weeks ago decided, CONTACTED contacts, ASKED asks with results; then the
    calendar is filled. Whoever cares for somebody does it.
    """
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
    # By day: whoever starts a demo at night would be refused for the quiet hours.
    noon = now.replace(hour=4)
    _greet(by, carers, noon - timedelta(days=15))
    _contact(carers, found[:CONTACTED], now)
    _ask(carers, found[CONTACTED : CONTACTED + ASKED], noon - timedelta(days=9), now)
    care(now=now)


def _greet(by: Scope, carers: Mapping[int, Scope], at: datetime) -> None:
    """Every eighth is left out, the others are contacted as the calendar says."""
    care(now=at)
    today = local_day(at)
    due = occasions(by).filter(day__gte=today - timedelta(days=3), day__lte=today).order_by("kind", "pk")
    for number, row in enumerate(list(due)[:: max(1, due.count() // GREETED)]):
        try:
            _decide(carers[row.member_id], row, number, at)
        except DomainError:
            # The cap holds for a made-up brand as well.
            continue


def _decide(by: Scope, row: Occasion, number: int, at: datetime) -> None:
    if number % 8 == 7:
        leave_out(by=by, occasion=row, reason="刚聊过", now=at)
        return
    channel = "moments" if number % 3 == 2 else "direct"
    (words,) = words_for(by, [(row.person, row.head, find_kind(row.kind), channel)])  # type: ignore[attr-defined]
    mark_done(by=by, occasion=row, said=Said(channel, words), now=at)


def _contact(carers: Mapping[int, Scope], members: list[Member], now: datetime) -> None:
    for number, member in enumerate(members):
        channel, summary, result = SAID[number % len(SAID)]
        at = now - timedelta(days=1 + number)
        told = {"channel": channel, "direction": "in" if number % 4 == 3 else "out", "summary": summary}
        note_contact(by=carers[member.pk], member=member, at=at, result=result, now=now, **told)


def _ask(carers: Mapping[int, Scope], members: list[Member], at: datetime, now: datetime) -> None:
    for number, member in enumerate(members):
        by = carers[member.pk]
        try:
            made = ask_favour(by=by, member=member, wish=WISHES[number % len(WISHES)], now=at)
        except DomainError:
            continue
        note_result(by=by, ask=made, result=CAME[number % len(CAME)], now=now)
