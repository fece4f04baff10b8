"""Room: one community on one day: who could speak, what about, and the lines said so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from qunyu.simulation.brand import PRODUCTS, UNITS, BrandSpec, Product, Type
from qunyu.simulation.communities import Community
from qunyu.simulation.crew import Crew
from qunyu.simulation.grammar import Bound, Phrase, render
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Membership, Person
from qunyu.simulation.phrases import Topic, topics
from qunyu.simulation.rhythm import Day

TALKATIVE: dict[Type, float] = {
    "lead": 1.2, "welfare": 1.2, "flash": 2.6, "sharing": 1.55, "sales": 1.0, "enabling": 0.95,
}  # fmt: skip
KNOWING: dict[Type, float] = {"sharing": 0.55, "enabling": 0.35}
FORGOTTEN = 45
REMEMBERED = 30_000
SHOPS = tuple(unit for unit in UNITS.values() if unit.city)
EMOTES = (
    "[呲牙]",
    "[强]",
    "[捂脸]",
    "[愉快]",
    "[爱心]",
    "[偷笑]",
    "[玫瑰]",
    "[哇]",
    "[旺柴]",
    "[让我看看]",
    "[OK]",
    "[奸笑]",
)
PICTURES = ("😂", "😄", "👍", "❤️", "🍵", "🌿", "😋", "🤔", "🥰", "😭", "🙈", "✨")
SOFT = ("～", "～～", "！", "呀", "哈哈", "哈哈哈", "嘿嘿")


@dataclass(slots=True, eq=False)
class Line:
    """One line of a chat; `second` counts from the window's start, `number` is given when it is written."""

    second: int
    author: Membership
    text: str = ""
    subject: str = "text"
    kind: str = "message"
    intent: str = ""
    other: Membership | None = None
    answers: Line | None = None
    number: int = 0


class Room:
    """A community while its days go by; `turn` moves it to the next day."""

    def __init__(self, spec: BrandSpec, community: Community, crew: Crew, members: list[Membership]) -> None:
        self.spec, self.community, self.crew = spec, community, crew
        self.random = Random(f"{spec.seed}/talk/{community.key}")
        self.chance = self.random.random
        self.lines: list[Line] = []
        self.present: list[Membership] = []
        self.experts: list[Membership] = []
        self.questions = 0
        self.expected = 0.0
        self._coming = sorted(members, key=lambda each: (each.joined_at, each.person.number), reverse=True)
        self._weights: list[float] = []
        self._batch: list[Membership] = []
        self._said: dict[str, int] = {}
        self._topics: dict[tuple[str, str], tuple[list[Topic], list[float]]] = {}
        self._bound = {each.key: _bound(community, each) for each in PRODUCTS}

    def turn(self, day: Day) -> None:
        """Begins `day`: lets in who came before it, lets go who fell silent, and works out how much will be said."""
        start = day.index * DAY
        self.day, self._batch, self.questions = day, [], 0
        while self._coming and self._coming[-1].joined_at < start:
            self.present.append(self._coming.pop())
        self.present = [each for each in self.present if each.silent_at >= start + DAY]
        if len(self._said) > REMEMBERED:
            self._said = {text: until for text, until in self._said.items() if until >= day.index}
        fresh = start - 3 * DAY
        weights = [each.person.rate * (1.6 if each.joined_at > fresh else 1.0) for each in self.present]
        self._weights = list(accumulate(weights))
        self.experts = [each for each in self.present if each.person.tier in ("contributing", "professional")]
        level = self.community.vigour(day.index, self.spec.days) * self.community.size_of("messages", day.index)
        self.expected = sum(weights) * level * day.talk * TALKATIVE[self.community.type] * self.spec.rate

    def end(self) -> None:
        """Ends the day: notes on everybody present how likely an expert in their place was to answer nothing."""
        experts = {each.person.number for each in self.experts}
        another = self.questions * math.log1p(-self.knowing / (len(experts) + 1))
        one_of_them = self.questions * math.log1p(-self.knowing / len(experts)) if experts else 0.0
        for each in self.present:
            each.person.unasked += one_of_them if each.person.number in experts else another

    @property
    def knowing(self) -> float:
        """The share of questions that an expert among the members takes, where there is one."""
        return KNOWING.get(self.community.type, 0.2)

    @property
    def dull(self) -> float:
        """The planted factor on a day when messages are cut off; 1 otherwise."""
        return min(1.0, self.community.size_of("messages", self.day.index))

    @property
    def faded(self) -> bool:
        """Whether the cause of its decline has set in."""
        return self.day.index >= self.community.fades

    def speaker(self) -> Membership | None:
        """Somebody who could speak, the talkative more often; None when nobody is left."""
        if not self._batch:
            if not self.present:
                return None
            self._batch = self.random.choices(self.present, cum_weights=self._weights, k=32)
        return self._batch.pop()

    def others(self, but: Membership, most: int) -> list[Membership]:
        """Up to `most` different people who could speak, without `but`."""
        found: list[Membership] = []
        for _ in range(most):
            member = self.speaker()
            if member is not None and member is not but and member not in found:
                found.append(member)
        return found

    def pick(self, group: str) -> Topic | None:
        """A topic of `group` that fits this community and season; None when there is none."""
        key = (group, self.day.season)
        if key not in self._topics:
            kind, theme = self.community.type, self.community.design.theme
            fitting = [each for each in topics().values() if each.group == group and each.fits(kind, theme, key[1])]
            self._topics[key] = (fitting, list(accumulate(each.weight for each in fitting)))
        fitting, weights = self._topics[key]
        return self.random.choices(fitting, cum_weights=weights)[0] if fitting else None

    def bound(self, product: Product | None = None, starter: Membership | None = None) -> dict[str, str]:
        """Values for slots that stay the same during one conversation; the conversation adds its own."""
        chosen = product or PRODUCTS[int(self.chance() * len(PRODUCTS))]
        found = self._bound[chosen.key].copy()
        if not self.community.unit.city:
            unit = SHOPS[int(self.chance() * len(SHOPS))]
            found["city"], found["shop"] = unit.city, unit.short
        if starter is not None and starter.person.city:
            found["city"] = starter.person.city
        return found

    def word(self, topic: Topic, role: str, bound: Bound, name: str = "") -> str:
        """A wording for `role`, empty where the topic has none; `name` is who is spoken to."""
        options = topic.phrases(role)
        if not options:
            return ""
        return self.wording(options[int(self.chance() * len(options))], bound).replace("{name}", name)

    def wording(self, phrase: Phrase, bound: Bound) -> str:
        """A wording of `phrase` that has not been heard here lately, if there is one."""
        text = render(phrase, self.chance, bound)
        for _ in range(4):
            if self._said.get(text, -1) < self.day.index:
                break
            text = render(phrase, self.chance, bound)
        self._said[text] = self.day.index + (FORGOTTEN if len(text) > 4 else 1)
        return text

    def say(self, author: Membership, second: int, text: str, intent: str = "", answers: Line | None = None) -> Line:
        """Adds a text line; members speak in their own style."""
        if author.person.role == "member":
            text = self._in_style(author.person, text)
        line = Line(second, author, text, intent=intent, answers=answers)
        self.lines.append(line)
        return line

    def show(self, author: Membership, second: int, subject: str, text: str, intent: str = "") -> Line:
        """Adds a line that is no text, by its placeholder."""
        line = Line(second, author, text, subject, intent=intent)
        self.lines.append(line)
        return line

    def event(self, author: Membership, second: int, kind: str, other: Membership | None = None) -> None:
        """Adds a coming or going."""
        self.lines.append(Line(second, author, "", "", kind, other=other))

    def _in_style(self, person: Person, text: str) -> str:
        """As this person types: some put a blank where a comma belongs, some end on a picture or a particle."""
        if person.number % 3 == 0:
            text = text.replace("，", " ")
        style = person.style
        if style < 3 or not text or text[-1] in "]～？?）" or self.chance() > 0.3:
            return text
        table = EMOTES if style < 6 else PICTURES if style < 8 else SOFT
        tail = table[int(self.chance() * len(table))]
        if table is SOFT and text[-1] in "呀啊哈呢吧嘛了吗哇嘿！。":
            return text
        return (text[:-1] if text[-1] == "。" else text) + tail


def _bound(community: Community, product: Product) -> dict[str, str]:
    unit = community.unit
    return {
        "p": product.short, "full": product.name, "price": product.yuan, "spec": product.spec, "unit": product.unit,
        "city": unit.city, "shop": unit.short, "group": community.name,
        "low": f"{round(product.price * 0.08) / 10:g}", "two": f"{round(product.price * 0.18) / 10:g}",
    }  # fmt: skip
