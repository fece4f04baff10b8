"""Scenes: comings and goings, newcomers' first words, intruders and what is done about them."""

from __future__ import annotations

from qunyu.simulation.cues import Cue
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Membership
from qunyu.simulation.phrases import topics
from qunyu.simulation.room import Room
from qunyu.simulation.talk import banter, play

WELCOMING = {"lead": 0.75, "welfare": 0.45, "flash": 0.2, "sharing": 0.6, "sales": 0.5, "enabling": 0.6}


def arrive(room: Room, member: Membership) -> None:
    """Somebody comes in: the platform's line, a welcome, perhaps first words and replies to them."""
    inviter = member.inviter if member.inviter and _there(member.inviter, member.joined_at) else None
    room.event(member, member.joined_at, "joined", inviter)
    if member.role != "member" or member.person.intruder:
        return
    ignored = room.community.design.fate.cause == "newcomers_ignored" and room.day.index >= room.community.fades - 5
    if not ignored:
        _welcome(room, member)
    eager = min(0.75, 0.12 + member.person.rate * 0.5) * room.dull
    if member.silent_at > member.joined_at + 3_600 and room.chance() < eager:
        _first_words(room, member, ignored)


def _there(member: Membership, second: int) -> bool:
    return member.joined_at < second and (member.left_at is None or second < member.left_at)


def _welcome(room: Room, member: Membership) -> None:
    topic = topics()["welcome"]
    if room.crew.bot is not None:
        room.say(room.crew.bot, member.joined_at + 3, room.word(topic, "bot", room.bound(), member.name))
    elif 8 <= member.joined_at % DAY // 3_600 < 22 and room.chance() < WELCOMING[room.community.type]:
        second = member.joined_at + 40 + int(room.random.expovariate(1 / 300))
        room.say(room.crew.helpers[0] if room.crew.helpers else room.crew.owner, second, _hello(room, member))


def _hello(room: Room, member: Membership) -> str:
    return room.word(topics()["welcome"], "open", room.bound(), member.name)


def _first_words(room: Room, member: Membership, ignored: bool) -> None:
    topic = room.pick("intro")
    if topic is None:
        return
    second = min(member.joined_at + 60 + int(room.random.expovariate(1 / 500)), (room.day.index + 1) * DAY - 1)
    bound = {**room.bound(), "city": member.person.city or "外地"}
    line = room.say(member, second, room.word(topic, "open", bound), "intro")
    if not ignored and room.chance() < 0.6:
        banter(room, topic, line, bound, 3)


def depart(room: Room, member: Membership) -> None:
    """Somebody goes by themselves; nothing is written when the community itself is dissolved."""
    if member.left_at is not None:
        room.event(member, member.left_at, "left")


def intrude(room: Room) -> None:
    """The day's intruders: their adverts, an annoyed member, the removal by the owner, a word from the staff."""
    topic = topics()["advert"]
    for stay in room.crew.adverts:
        if stay.removed_at // DAY == room.day.index:
            room.event(stay.member, stay.removed_at, "left", room.crew.owner)
            if room.chance() < 0.5 and not room.faded:
                room.say(room.crew.owner, stay.removed_at + 25, room.word(topic, "staff", room.bound()))
        if stay.at[0] // DAY == room.day.index:
            for second in stay.at:
                room.say(stay.member, second, room.word(topic, "open", room.bound()), "advert")
            _complain_of(room, stay.at[-1])


def _complain_of(room: Room, second: int) -> None:
    annoyed = room.speaker()
    if annoyed is not None and room.chance() < 0.35:
        room.say(annoyed, second + 40 + int(room.chance() * 60), room.word(topics()["advert"], "reply", room.bound()))


def follow(room: Room, cue: Cue) -> None:
    """Plays what an order makes its buyer say."""
    topic = room.pick(cue.kind)
    for _ in range(4):
        if topic is not None and topic.steps and cue.product.step not in topic.steps:
            topic = room.pick(cue.kind)
    if topic is not None and room.chance() < room.dull:
        play(room, topic, cue.member, cue.second, cue.product)
