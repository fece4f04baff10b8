"""Routine: what the staff do day by day: greetings, links, topics, red packets, good-night posters, the last notice."""

from __future__ import annotations

from qunyu.simulation.brand import Type
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Membership
from qunyu.simulation.phrases import Topic, topics
from qunyu.simulation.room import Room
from qunyu.simulation.talk import IMAGE, STICKER, banter, product_for

# (hour, act, chance on an ordinary day)
Plan = tuple[tuple[float, str, float], ...]
PLANS: dict[Type, Plan] = {
    "lead": ((8.2, "morning", 0.75), (12.2, "topic", 0.65), (16.0, "link", 0.5),
             (20.0, "packet", 0.16), (22.2, "night", 0.55)),
    "welfare": ((8.4, "morning", 0.6), (10.5, "link", 0.85), (15.5, "link", 0.5),
                (20.5, "packet", 0.14), (22.3, "night", 0.45)),
    "flash": (
        (8.5, "morning", 0.9), (10.0, "link", 1), (12.0, "notice", 0.8), (14.0, "link", 0.9), (17.0, "link", 0.8),
        (20.0, "packet", 0.85), (20.5, "link", 1), (22.2, "night", 0.8),
    ),
    "sharing": ((8.0, "morning", 0.45), (12.4, "topic", 0.45), (19.5, "topic", 0.3), (21.0, "link", 0.12),
                (22.4, "night", 0.25)),
    "sales": ((9.2, "morning", 0.4), (11.0, "link", 0.7), (15.0, "topic", 0.3), (20.3, "link", 0.3)),
    "enabling": ((8.6, "report", 0.85), (10.2, "material", 0.6), (14.2, "topic", 0.5), (18.3, "notice", 0.3)),
}  # fmt: skip
FLOOD: Plan = tuple((9 + n * 0.9, "link", 0.9) for n in range(14))


def routine(room: Room) -> None:
    """The staff's acts of the day; in a community that has died of adverts there is nothing but links."""
    cause = room.community.design.fate.cause if room.faded else ""
    plan = FLOOD if cause == "only_adverts" else PLANS[room.community.type]
    zeal = 0.35 if cause == "nobody_speaks" else 1.0
    zeal *= (0.5 if room.community.small else 1.0) * room.dull * (0.6 if room.day.festival else 1.0)
    for hour, act, chance in plan:
        if room.chance() < chance * zeal:
            _act(room, act, room.day.index * DAY + int((hour + room.random.gauss(0, 0.12)) * 3_600), cause)
    _occasions(room)


def _act(room: Room, act: str, second: int, cause: str) -> None:
    staff = room.crew.staff
    author = staff[int(room.chance() * len(staff))]
    if act == "link":
        return _link(room, author, second, quiet=bool(cause))
    if act == "packet":
        return _packet(room, author, second)
    topic = room.pick(act)
    if topic is None:
        return None
    if act in ("morning", "night") and room.chance() < 0.55:
        room.show(author, second - 6, "image", IMAGE)
    if act in ("report", "material"):
        room.show(author, second - 20, "file", "[文件]" + room.word(topic, "file", room.bound()))
    line = room.say(author, second, room.word(topic, "open", room.bound()), act)
    if not cause:
        crowd = 8 if act == "topic" else 2
        if room.chance() < (0.9 if act == "topic" else 0.4):
            banter(room, topic, line, room.bound(), max(1, round(crowd * min(1.0, room.expected / 30))))
    return None


def _link(room: Room, author: Membership, second: int, quiet: bool) -> None:
    topic = room.pick("link")
    if topic is None:
        return
    bound = room.bound(product_for(room, topic))
    subject = "mini_program" if room.chance() < 0.5 else "link"
    mark = "[小程序]" if subject == "mini_program" else "[链接]"
    line = room.say(author, second, room.word(topic, "open", bound), "promotion")
    room.show(author, second + 7, subject, mark + room.word(topic, "title", bound), "promotion")
    if quiet:
        return
    for n, member in enumerate(room.crew.claque):
        if room.chance() < 0.35:
            room.say(member, second + 60 + n * 50 + int(room.chance() * 200), room.word(topic, "claque", bound))
    if room.chance() < 0.4:
        banter(room, topic, line, bound, 2)


def _packet(room: Room, author: Membership, second: int) -> None:
    """A red packet, taken within seconds while the community lives and hardly at all when it fades."""
    topic = topics()["packet"]
    room.show(author, second, "red_packet", "[红包]" + room.word(topic, "open", room.bound()))
    takers = [*room.crew.claque, *room.others(author, round(min(9.0, room.expected / 5)))]
    for n, member in enumerate(takers):
        moment = second + 5 + n * 3 + int(room.random.expovariate(1 / 40))
        if room.chance() < 0.25:
            room.show(member, moment, "sticker", STICKER, "thanks")
        else:
            room.say(member, moment, room.word(topic, "reply", room.bound()), "thanks")


def _occasions(room: Room) -> None:
    """Holidays, the celebration, the members' day, and the end of a community that is dissolved."""
    day, owner = room.day, room.crew.owner
    noon = day.index * DAY + 9 * 3_600 + int(room.chance() * 1_800)
    occasion = "holiday" if day.festival else "jubilee" if day.celebration else "members_day" if day.members_day else ""
    if occasion and room.community.type != "enabling" and room.chance() < 0.8 and not room.faded:
        topic: Topic = topics()[occasion]
        bound = {**room.bound(), "festival": day.festival}
        line = room.say(owner, noon, room.word(topic, "open", bound), "notice")
        banter(room, topic, line, bound, 3)
    if day.index == room.community.closes:
        room.say(owner, day.index * DAY + 20 * 3_600, room.word(topics()["dissolve"], "open", room.bound()), "notice")
        room.say(owner, day.index * DAY + 21 * 3_600, room.word(topics()["dissolve"], "last", room.bound()), "notice")
