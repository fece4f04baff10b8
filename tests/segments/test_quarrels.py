"""Quarrels: whatever is refused as impossible has nobody among two thousand people made up at random, beside an oracle of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.segments.rules.checking import checked
from qunyu.segments.rules.tree import And, Condition, Did, Everybody, Field, Not, Or, Places, Window
from qunyu.segments.rules.vocabulary import OPERATORS, FieldSpec, VerbSpec, Vocabulary

TODAY, G = date(2026, 3, 20), Words("组", "group")
SOME = tuple((code, Words(code, code)) for code in ("a", "b", "c"))
FIELDS = (
    FieldSpec("tier", Words("分层", "tier"), "choice", G, SOME),
    FieldSpec("likes", Words("喜欢", "likes"), "choices", G, SOME),
    FieldSpec("tag", Words("标签", "tag"), "tag", G, SOME),
    FieldSpec("region", Words("地区", "region"), "text", G),
    FieldSpec("size", Words("尺码", "size"), "number", G),
    FieldSpec("spent", Words("消费", "spent"), "money", G, currency="CNY", deed="order"),
    FieldSpec("last_order", Words("最近下单", "last order"), "date", G, deed="order"),
    FieldSpec("born", Words("生日", "born"), "date", G),
)
TIMES = Words("次", "times")
VERBS = (
    VerbSpec("message", Words("发消息", "wrote"), TIMES, G),
    VerbSpec("order", Words("下单", "ordered"), TIMES, G, placed=False),
)
KNOWN = Vocabulary(
    {each.key: each for each in FIELDS}, {each.key: each for each in VERBS}, {"type": SOME, "theme": SOME}
)
DAYS = [TODAY - timedelta(days=back) for back in range(-1, 7)]


@dataclass(frozen=True)
class Somebody:
    """What is known of one person: values by field (none: unknown), and deeds by verb as (day, type and theme of the community)."""

    values: dict[str, frozenset[str]]
    deeds: dict[str, list[tuple[date, str, str]]]


def somebody(dice: Random) -> Somebody:
    deeds = {
        verb: [(dice.choice(DAYS), dice.choice("abc"), dice.choice("abc")) for _ in range(dice.choice((0, 0, 1, 2, 4)))]
        for verb in ("message", "order")
    }
    values = {key: frozenset(dice.sample("abc", dice.randint(1, 2))) for key in ("likes", "tag")}
    values |= {"tier": frozenset(dice.choice("abc")), "region": frozenset(dice.choice("abc"))}
    values |= {"size": frozenset({str(dice.randint(0, 3))}), "born": frozenset({str(dice.choice(DAYS))})}
    values = {key: value for key, value in values.items() if dice.random() < 0.7}
    if deeds["order"]:
        values["last_order"] = frozenset({str(max(day for day, *_ in deeds["order"]))})
        values |= {"spent": frozenset({str(dice.randint(0, 3))})} if dice.random() < 0.7 else {}
    return Somebody(values, deeds)


DICE = Random(7)
PEOPLE = [somebody(DICE) for _ in range(2_000)]


def true_of(condition: Condition, who: Somebody) -> bool:
    """What the documentation says a condition means."""
    if isinstance(condition, Not):
        return not true_of(condition.part, who)
    if isinstance(condition, And | Or):
        return (all if isinstance(condition, And) else any)(true_of(part, who) for part in condition.parts)
    if isinstance(condition, Field):
        values = who.values.get(condition.field, frozenset())
        return not values if condition.op == "unknown" else any(_compares(condition, value) for value in values)
    return isinstance(condition, Everybody) or _did(condition, who)


def _compares(leaf: Field, value: str) -> bool:
    if leaf.op in ("known", "is", "contains"):
        return leaf.op == "known" or value in leaf.values
    if leaf.op in ("within", "older"):
        ago = (TODAY - date.fromisoformat(value)).days
        return 0 <= ago < int(leaf.values[0]) if leaf.op == "within" else ago >= int(leaf.values[0])
    mine, first, last = (_number(each) for each in (value, leaf.values[0], leaf.values[-1]))
    above, below = {"gt": mine > first, "lt": True}.get(leaf.op, mine >= first), mine <= last
    if leaf.op in ("gte", "gt", "from"):
        return above
    return mine < last if leaf.op == "lt" else below if leaf.op in ("lte", "until") else above and below


def _number(value: str) -> Decimal:
    return Decimal(date.fromisoformat(value).toordinal()) if "-" in value else Decimal(value)


def _did(leaf: Did, who: Somebody) -> bool:
    window, places = leaf.window, dict(leaf.places.narrowed)
    first = TODAY - timedelta(days=window.days - 1) if window.days else window.first or date.min
    last = TODAY if window.days else window.last or date.max
    count = sum(
        first <= day <= last and kind in places.get("type", kind) and theme in places.get("theme", theme)
        for day, kind, theme in who.deeds[leaf.verb]
    )
    compared = {"at_least": count >= leaf.count, "at_most": count <= leaf.count, "exactly": count == leaf.count}
    return compared[leaf.times]


@st.composite
def fields(draw: st.DrawFn, spec: FieldSpec) -> Field:
    op = draw(st.sampled_from(OPERATORS[spec.kind]))
    one = st.sampled_from(["a", "b", "c"])
    if spec.kind in ("number", "money") or op in ("within", "older"):
        one = st.integers(1, 4).map(str)
    elif spec.kind == "date":
        one = st.sampled_from(DAYS).map(str)
    count = {"known": 0, "unknown": 0, "between": 2, "is": draw(st.integers(1, 2))}.get(op, 1)
    values = draw(st.lists(one, min_size=count, max_size=count))
    return Field(spec.key, op, tuple(sorted(values)))


@st.composite
def deeds(draw: st.DrawFn, verb: str) -> Did:
    first, last = sorted((draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))))
    windows = (
        Window(),
        Window(draw(st.integers(1, 6))),
        Window(None, first, last),
        Window(None, first),
        Window(None, None, last),
    )
    aspects = [
        (name, tuple(draw(st.sets(st.sampled_from("abc"), min_size=1, max_size=2)))) for name in ("type", "theme")
    ]
    narrowed = tuple(draw(st.lists(st.sampled_from(aspects), max_size=2, unique=True))) if verb == "message" else ()
    often = draw(
        st.sampled_from(
            [
                ("at_least", 1),
                ("at_least", 2),
                ("at_least", 3),
                ("at_most", 0),
                ("at_most", 1),
                ("exactly", 1),
                ("exactly", 2),
            ]
        )
    )
    return Did(verb, *often, draw(st.sampled_from(windows)), Places(narrowed))  # type: ignore[arg-type]


def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(several.map(And), several.map(And), several.map(Or), inner.map(Not))


def about(topic: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    """Conditions about a few things alone, so that many quarrel."""
    asked = [fields(KNOWN.fields[each]) if each in KNOWN.fields else deeds(each) for each in topic]
    leaves: st.SearchStrategy[Condition] = st.one_of(*asked)
    return st.recursive(st.one_of(leaves, leaves.map(Not), st.just(Everybody())), grown, max_leaves=8)


TOPICS = (("tier",), ("likes",), ("tag",), ("region",), ("size",), ("born",), ("message",), ("order",),
          ("order", "spent", "last_order"), ("size", "tier", "message"))  # fmt: skip


def test_nobody_fulfils_what_is_refused() -> None:
    refused = []

    @given(st.sampled_from(TOPICS).flatmap(about))
    @settings(max_examples=250, deadline=None)
    def law(condition: Condition) -> None:
        try:
            checked(condition, KNOWN)
        except DomainError as error:
            if error.code == "contradiction":
                refused.append(condition)
                assert not [who for who in PEOPLE if true_of(condition, who)]

    law()
    assert len(refused) > 10


def test_the_oracle_tells_people_apart() -> None:
    told: list[Condition] = [
        Field("size", "gt", ("1",)),
        Field("last_order", "older", ("3",)),
        Did("message", "exactly", 2, Window(3)),
    ]
    assert all(0 < sum(true_of(each, who) for who in PEOPLE) < len(PEOPLE) for each in told)
