"""Hearing: what some of the made-up brand's people agreed to, said of it and complained of, and what was done about that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qunyu.kernel.scope import Scope
from qunyu.members.queries import search_people
from qunyu.people.queries import root_unit
from qunyu.privacy import consents
from qunyu.satisfaction.complaints import Done, handle
from qunyu.satisfaction.opinions import Said, note
from qunyu.satisfaction.replying import paper, reply
from qunyu.satisfaction.surveys import Wording, ask, asks_of, link_of, make_survey, open_survey

if TYPE_CHECKING:
    from qunyu.members.models import Member

AGREED, ASKED = 80, 30
WORDING = Wording(
    "新茶喝得怎么样？",
    (
        {"kind": "stars", "title": "这次的茶您满意吗？"},
        {"kind": "likely", "title": "您愿意把我们推荐给朋友吗？"},
        {"kind": "choice", "title": "您平时几点喝茶？", "required": False, "options": ["早上", "下午", "晚上"]},
        {"kind": "text", "title": "还有什么想说的？", "required": False},
    ),
    intro="三道题，一分钟。",
    thanks="谢谢，我们都会看。",
)
# User type -> the answers of those of it, one after the other.
ANSWERS: dict[str, tuple[dict[int, str], ...]] = {
    "loyal": (
        {1: "5", 2: "10", 3: "早上", 4: "送人也有面子"},
        {1: "5", 2: "9", 3: "下午"},
        {1: "4", 2: "9"},
    ),
    "bargain": ({1: "4", 2: "6", 3: "晚上"}, {1: "3", 2: "5", 4: "平时能便宜点就好了"}),
    "demand": ({1: "4", 2: "7"}, {1: "3", 2: "6", 3: "下午"}),
}
PRAISE = ("客服特别耐心，教我怎么泡", "回甘很好，已经推荐给同事", "包装用心，送长辈很合适")
COMPLAINTS = (
    ("到货有一罐碎了", (Done("take"), Done("settle", "已补发一罐，并道歉", content=True))),
    ("快递等了五天", (Done("answer", "已催促仓库，今天发出"),)),
    ("和上一批味道不一样", (Done("take"), Done("settle", "说明了批次差异，对方仍不太满意", content=False))),
    ("群里广告太多", ()),
)


def hear(*, by: Scope, carers: Mapping[int, Scope], now: datetime) -> None:
    """Consents of AGREED people, a survey put to ASKED of each user type, praise, and complaints in every state."""
    _agree(carers, list(search_people(by, role="member").order_by("pk")[: AGREED * 3 : 3]), now)
    for number, words in enumerate(PRAISE):
        _say(
            carers,
            _of_type(by, "loyal")[number : number + 1],
            Said("praise", now - timedelta(days=3 + number), text=words),
            (),
            now,
        )
    for number, (words, done) in enumerate(COMPLAINTS):
        said = Said("complaint", now - timedelta(days=2 + 3 * number), text=words)
        _say(carers, _of_type(by, "demand")[number : number + 1], said, done, now)
    _survey(by, now.replace(hour=4) - timedelta(days=20))


def _of_type(by: Scope, user_type: str) -> list[Member]:
    return list(search_people(by, role="member", labels={"user_type": user_type}).order_by("pk")[:ASKED])


def _agree(carers: Mapping[int, Scope], people: Sequence[Member], now: datetime) -> None:
    """Most agree to be written to, some refuse, a few take it back."""
    for number, member in enumerate(people):
        by, at = carers[member.pk], now - timedelta(days=40 + number % 20)
        state = "refused" if number % 12 == 5 else "granted"
        consents.note(by=by, members=[member], said=consents.Said("marketing", state, "form", "2026-1"), at=at, now=now)
        if number % 20 == 7:
            taken = consents.Said("marketing", "withdrawn", "chat")
            consents.note(by=by, members=[member], said=taken, at=now - timedelta(days=4), now=now)


def _say(
    carers: Mapping[int, Scope], members: Iterable[Member], said: Said, done: Sequence[Done], now: datetime
) -> None:
    for member in members:
        by = carers[member.pk]
        opinion = note(by=by, member=member, said=said, now=now)
        for each in done:
            handle(by=by, opinion=opinion, done=each, now=now)


def _survey(by: Scope, at: datetime) -> None:
    """Two of three answer, a day later."""
    survey = make_survey(by=by, unit=root_unit(), wording=WORDING, now=at)
    open_survey(by=by, survey=survey, to_all=False, now=at)
    survey.refresh_from_db()
    for user_type, answers in ANSWERS.items():
        members = {each.pk for each in _of_type(by, user_type)}
        ask(by=by, survey=survey, members=members, now=at)
        asked = [each for each in asks_of(by, survey).order_by("pk") if each.member_id in members]
        for number, each in enumerate(asked):
            if number % 3 < 2:
                later = at + timedelta(days=1, minutes=number)
                reply(paper=paper(link_of(each), later), given=answers[number % len(answers)], now=later)
