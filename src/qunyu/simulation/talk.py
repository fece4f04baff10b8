"""Talk: how conversations go: chat with its replies, a question with its answer, a morning of check-ins."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.simulation.brand import PRODUCTS, Product, Type
from qunyu.simulation.grammar import Bound, Phrase
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Membership
from qunyu.simulation.phrases import Topic
from qunyu.simulation.purchases import STEPS
from qunyu.simulation.rhythm import clock
from qunyu.simulation.room import Line, Room

MIX: dict[Type, dict[str, float]] = {
    "lead": {"ask": 0.36, "chat": 0.40, "tea": 0.16, "show": 0.05, "complain": 0.03},
    "welfare": {"ask": 0.33, "chat": 0.34, "deal": 0.16, "tea": 0.07, "show": 0.07, "complain": 0.03},
    "flash": {"ask": 0.42, "deal": 0.36, "chat": 0.10, "show": 0.09, "complain": 0.03},
    "sharing": {"theme": 0.36, "chat": 0.26, "tea": 0.22, "ask": 0.10, "show": 0.06},
    "sales": {"ask": 0.46, "tea": 0.15, "chat": 0.14, "show": 0.10, "deal": 0.10, "complain": 0.05},
    "enabling": {"theme": 0.72, "chat": 0.16, "tea": 0.06, "ask": 0.06},
}
INTENTS = {"ask": "question", "complain": "complaint", "show": "praise"}
STICKER, IMAGE, VOICE = "[动画表情]", "[图片]", "[语音]"


def chatter(room: Room, quota: float) -> None:
    """Conversations until about `quota` member lines are said that day."""
    table = _mix(room)
    groups, weights = tuple(table), tuple(table.values())
    said = 0
    while said < quota:
        starter = room.speaker()
        if starter is None:
            return
        group = room.random.choices(groups, weights)[0]
        topic = room.pick(group) or room.pick("chat")
        if topic is not None:
            second = room.day.index * DAY + _moment(room, topic)
            said += play(room, topic, starter, second, product_for(room, topic))


def _moment(room: Room, topic: Topic) -> int:
    """A second of the day that suits both the group's rhythm and the topic."""
    first, last = topic.hours
    for _ in range(12):
        second = clock(room.day, room.chance)
        if first * 3_600 <= second < last * 3_600:
            return second
    return int((first + room.chance() * (last - first)) * 3_600)


def _mix(room: Room) -> Mapping[str, float]:
    if room.faded and room.community.design.fate.cause == "off_theme":
        return {"chat": 0.75, "idle": 0.25}
    return MIX[room.community.type]


def product_for(room: Room, topic: Topic) -> Product:
    """What is talked about: cheap things among bargain hunters, dear ones among good customers."""
    if topic.steps:
        fitting = [each for each in PRODUCTS if each.step in topic.steps]
        return fitting[int(room.chance() * len(fitting))]
    steps = {"lead": ("trial", "daily", "daily"), "welfare": ("daily", "daily", "tea"), "flash": ("daily", "tea")}
    chosen = steps.get(room.community.type)
    table = STEPS[chosen[int(room.chance() * len(chosen))]] if chosen and room.chance() < 0.7 else PRODUCTS
    return table[int(room.chance() * len(table))]


def play(room: Room, topic: Topic, starter: Membership, second: int, product: Product | None = None) -> int:
    """Plays one conversation begun by `starter`; returns how many lines members said."""
    bound = room.bound(product, starter)
    if topic.group in ("ask", "complain"):
        return question(room, topic, starter, second, bound)
    if topic.group == "show":
        room.show(starter, second - 8, "image", IMAGE)
    opening = room.say(starter, second, room.word(topic, "open", bound), INTENTS.get(topic.group, ""))
    return 1 + banter(room, topic, opening, bound, 5)


def banter(room: Room, topic: Topic, opening: Line, bound: Bound, most: int) -> int:
    """Replies to `opening`, no phrase twice, the opener now and then answering back; returns their number."""
    replies, backs = topic.phrases("reply"), topic.phrases("back")
    crowd = room.others(opening.author, min(len(replies), 1 + int(room.chance() * most)))
    chosen = room.random.sample(replies, len(crowd))
    end = (opening.second // DAY + 1) * DAY - 1
    second, count = opening.second, 0
    for author, phrase in zip(crowd, chosen, strict=True):
        second = min(end, second + 6 + int(room.random.expovariate(1 / 45)))
        _reply(room, author, second, phrase, bound)
        count += 1
        if backs and room.chance() < 0.6 / len(crowd):
            second = min(end, second + 8 + int(room.random.expovariate(1 / 30)))
            room.say(opening.author, second, room.wording(backs[int(room.chance() * len(backs))], bound))
            count += 1
    return count


def _reply(room: Room, author: Membership, second: int, phrase: Phrase, bound: Bound) -> None:
    draw = room.chance()
    if draw < 0.08:
        room.show(author, second, "sticker", STICKER)
    elif draw < 0.086:
        room.show(author, second, "voice", VOICE)
    elif draw < 0.11:
        room.show(author, second, "image", IMAGE)
    else:
        room.say(author, second, room.wording(phrase, bound))


def question(room: Room, topic: Topic, asker: Membership, second: int, bound: Bound) -> int:
    """A question or complaint, its answer, perhaps a second question, thanks; returns the members' lines."""
    if topic.group == "complain" and room.chance() < 0.5:
        room.show(asker, second - 15, "image", IMAGE)
    asked = room.say(asker, second, room.word(topic, "ask", bound), INTENTS[topic.group])
    count = 1
    helper = _helper(room, topic, asker)
    if helper is None:
        return count
    answered = _answer(room, topic, helper, asked, "answer", bound)
    if topic.pairs and room.chance() < 0.3:
        answered = _second_question(room, topic, answered, asker, bound)
        count += 1
    if room.chance() < 0.55:
        room.say(asker, answered.second + 8 + int(room.chance() * 80), room.word(topic, "thanks", bound))
        count += 1
    return count + (helper.person.role == "member")


def _second_question(room: Room, topic: Topic, answered: Line, asker: Membership, bound: Bound) -> Line:
    ask, answer = topic.pairs[int(room.chance() * len(topic.pairs))]
    second = answered.second + 12 + int(room.chance() * 90)
    asked = room.say(asker, second, room.wording(ask, bound), INTENTS[topic.group])
    second += 15 + int(room.chance() * 150)
    return room.say(answered.author, second, room.wording(answer, bound), "answer", asked)


def _answer(room: Room, topic: Topic, helper: Membership, asked: Line, role: str, bound: Bound) -> Line:
    member = helper.person.role == "member"
    typical = 2.5 if member else room.community.answers
    second = asked.second + 15 + int(room.random.lognormvariate(0, 0.8) * typical * 60)
    if not member:
        second = _at_work(second, room)
    chosen = "member" if member and "member" in topic.lines else role
    name = asked.author.name if room.chance() < 0.3 and not member else ""
    text = room.word(topic, chosen, bound)
    return room.say(helper, second, f"@{name} {text}" if name else text, "answer", asked)


def _at_work(second: int, room: Room) -> int:
    """Staff answer between nine and half past ten; what comes at night waits for the morning."""
    day, clock_second = divmod(second, DAY)
    if clock_second < 9 * 3_600:
        return day * DAY + 9 * 3_600 + int(room.chance() * 2_400)
    if clock_second > 22 * 3_600 + 1_800:
        return (day + 1) * DAY + 9 * 3_600 + int(room.chance() * 2_400)
    return second


def _helper(room: Room, topic: Topic, asker: Membership) -> Membership | None:
    """Who answers: the staff, or somebody who knows; None when nobody does."""
    draw = room.chance()
    room.questions += topic.group != "complain"
    if topic.group != "complain" and room.experts and draw < room.knowing:
        helper = room.experts[int(room.chance() * len(room.experts))]
        return helper if helper is not asker else room.crew.owner
    unanswered = 0.55 if room.faded else 0.07
    if draw > 1 - unanswered:
        return None
    staff = room.crew.staff
    return staff[int(room.chance() ** 2 * len(staff))]


def check_ins(room: Room, most: float) -> None:
    """A morning of up to `most` check-ins, each for itself."""
    topic = room.pick("checkin")
    done: set[int] = set()
    for _ in range(int(most) if topic else 0):
        member = room.speaker()
        if topic is None or member is None or member.person.number in done:
            continue
        done.add(member.person.number)
        second = room.day.index * DAY + int(room.random.gauss(7.4, 0.9) * 3_600)
        room.say(member, second, room.word(topic, "open", room.bound()), "checkin")
        if room.chance() < 0.45:
            room.show(member, second + 9, "image", IMAGE)
