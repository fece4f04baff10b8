"""Texts: every phrase can be said, and a brand does not repeat itself."""

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest

from qunyu.simulation import names
from qunyu.simulation.brand import PRODUCTS, UNITS
from qunyu.simulation.grammar import compile_phrase, render
from qunyu.simulation.phrases import topics, words
from qunyu.simulation.rhythm import calendar
from tests.simulation.conftest import Made

BOUND = {
    key: key.upper()
    for key in ("p", "full", "price", "spec", "unit", "city", "shop", "group", "low", "two", "festival")
}


def draws(*values: float) -> Iterator[float]:
    return iter(values)


@pytest.mark.parametrize(
    ("text", "drawn", "expected"),
    [
        ("早安", (), "早安"),
        ("(早|晚)安", (0.0,), "早安"),
        ("(早|晚|)安", (0.9,), "安"),
        ("{3-9}点", (0.0,), "3点"),
        ("{3-9}点", (0.999,), "9点"),
        ("((a|b)|c)d", (0.1, 0.6), "bd"),
        ("欢迎 {name}", (), "欢迎 {name}"),
        ("{p}（热）", (), "P（热）"),
        ("{tea}", (0.0,), "乌龙"),
    ],
)
def test_render(text: str, drawn: tuple[float, ...], expected: str) -> None:
    tables = {"tea": (compile_phrase("乌龙", {}),)}
    source = draws(*drawn)
    assert render(compile_phrase(text, tables), lambda: next(source), dict(BOUND)) == expected


@pytest.mark.parametrize("text", ["(早|晚", "早)安", "{早", "a|b"])
def test_unmatched_brackets_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unmatched|never closed"):
        compile_phrase(text, {})


def test_a_sticky_word_stays_for_the_conversation() -> None:
    phrase, bound, random = compile_phrase("{city2}", words()), dict(BOUND), Random(1)
    first = render(phrase, random.random, bound)
    assert {render(phrase, random.random, bound) for _ in range(20)} == {first}


@pytest.mark.parametrize("topic", topics().values(), ids=lambda topic: topic.key)
def test_every_phrase_can_be_said(topic) -> None:  # type: ignore[no-untyped-def]
    random = Random(5)
    phrases = [each for lines in topic.lines.values() for each in lines] + [
        each for pair in topic.pairs for each in pair
    ]
    assert phrases
    for phrase in phrases:
        for _ in range(12):
            text = render(phrase, random.random, dict(BOUND))
            assert text.strip()
            assert not set("(){|}") & set(text.replace("{name}", ""))
    if topic.group in ("ask", "complain"):
        assert {"ask", "answer", "thanks"} <= set(topic.lines)


def test_most_texts_are_said_once(brand: Made) -> None:
    texts = [
        row["text"]
        for rows in brand.chats().values()
        for row in rows
        if row["kind"] == "message" and row["subject"] == "text" and len(row["text"]) > 4
    ]
    assert len(set(texts)) / len(texts) > 0.5


def test_phones_are_distinct_and_in_a_prefix_nobody_has() -> None:
    found = {names.phone(number) for number in range(1, 20_000)}
    assert len(found) == 19_999
    assert all(len(each) == 11 and each.startswith("142") for each in found)


def test_names_have_real_surnames_and_nicknames_vary() -> None:
    random = Random(3)
    assert all(names.real_name(random)[0] in "".join(names.SURNAMES) for _ in range(200))
    assert len({names.nickname(random, "陈佳琪", "上海") for _ in range(500)}) > 250


def test_catalogue_and_shops_are_consistent() -> None:
    assert len({each.key for each in PRODUCTS}) == len({each.short for each in PRODUCTS}) == 16
    assert all(unit.path[1].endswith(unit.short) or not unit.city for unit in UNITS.values())


def test_holidays_are_quiet_and_the_celebration_is_loud() -> None:
    days = calendar(date(2026, 5, 4), 120)
    festival = {each.day: each.festival for each in days if each.festival}
    assert festival[date(2026, 5, 5)] == "劳动节"
    assert festival[date(2026, 6, 19)] == "端午节"
    loud = [each for each in days if each.celebration]
    assert [each.day for each in loud] == [date(2026, 7, 23)]
    assert all(each.talk < 0.5 for each in days if each.festival)
    assert loud[0].talk > 1.5
