"""What may be typed into a field of each kind, how it is kept, shown and masked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.rules.values import BASIC, KINDS, Definition, in_words, masked, parsed

TODAY = date(2026, 3, 20)
TEAS = tuple((each, Words(each, each)) for each in ("绿茶", "白茶", "红茶"))
NAMED = {each.key: each for each in BASIC}


def field(kind: str, **told: str) -> Definition:
    options = TEAS if kind in ("choice", "choices") else ()
    return replace(Definition("f", Words("字段", "Field"), kind, options=options), **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  林 小满 ", "林 小满"),
        ("long_text", "one\r\ntwo", "one\ntwo"),
        ("number", "1,234.50", "1234.5"), ("number", "１２", "12"), ("number", "-0.5", "-0.5"), ("number", "1000", "1000"),
        ("date", "2026/3/1", "2026-03-01"), ("date", "2026年3月1日", "2026-03-01"), ("date", "20260301", "2026-03-01"),
        ("birthday", "1990-2-28", "1990-02-28"), ("birthday", "1992-02-29", "1992-02-29"),
        ("birthday", "2月29日", "--02-29"), ("birthday", "02-29", "--02-29"), ("birthday", "--12-31", "--12-31"),
        ("yes_no", "是", "yes"), ("yes_no", "NO", "no"),
        ("choice", "白茶", "白茶"), ("choices", "红茶、绿茶", "绿茶\n红茶"), ("choices", "绿茶;绿茶", "绿茶"),
        ("phone", "+86 138 0000 0000", "13800000000"), ("phone", "１３８００００００００", "13800000000"),
        ("phone", "+1 650 253 0000", "+16502530000"),
        ("email", "Mei@Example.COM", "mei@example.com"),
        ("link", "https://example.com/a?b=1", "https://example.com/a?b=1"),
        ("number", "", ""), ("phone", "   ", ""),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_in_one_spelling(kind: str, typed: str, kept: str) -> None:
    assert parsed(field(kind), typed, TODAY) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        ("text", "x" * 201, {}), ("text", "a\nb", {}), ("text", "a", {"least": "2"}), ("text", "a\0b", {}),
        ("number", "ten", {}), ("number", "NaN", {}), ("number", "1e999999", {}), ("number", "11", {"most": "10"}),
        ("number", "-1", {"least": "0"}),
        ("date", "2026-02-30", {}), ("date", "yesterday", {}), ("date", "2026-03-01", {"least": "2026-03-02"}),
        ("birthday", "2月30日", {}), ("birthday", "2025-02-29", {}), ("birthday", "2026-03-21", {}), ("birthday", "1899-12-31", {}),
        ("yes_no", "perhaps", {}), ("choice", "咖啡", {}), ("choices", "绿茶,咖啡", {}),
        ("phone", "138****0000", {}), ("phone", "call me", {}),
        ("email", "mei", {}), ("email", "a b@c.d", {}),
        ("link", "javascript:alert(1)", {}), ("link", "example.com", {}), ("link", "http://[", {}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(kind: str, typed: str, told: dict[str, str]) -> None:
    with pytest.raises(DomainError) as raised:
        parsed(field(kind, **told), typed, TODAY)
    assert (raised.value.code, raised.value.data["field"]) == ("bad_value", "f")


@given(kind=st.sampled_from(sorted(KINDS)), typed=st.text(max_size=30))
def test_a_kept_value_typed_again_stays_as_it_is(kind: str, typed: str) -> None:
    try:
        kept = parsed(field(kind), typed, TODAY)
    except DomainError as error:
        assert error.code == "bad_value"
        return
    assert parsed(field(kind), kept, TODAY) == kept


def test_choices_show_by_their_names_and_what_is_no_option_any_more_by_its_code() -> None:
    assert in_words(NAMED["gender"], "female") == Words("女", "Female")
    assert in_words(field("choices"), "绿茶\n黑茶") == Words("绿茶、黑茶", "绿茶, 黑茶")
    assert in_words(NAMED["birthday"], "--02-29") == Words("2月29日", "02-29")
    assert in_words(field("yes_no"), "yes") == Words("是", "Yes")


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("phone", "13800000000", "138****0000"), ("phone", "5551234", "****34"), ("phone", "", ""),
        ("email", "mei@example.com", "m***@example.com"), ("real_name", "林小满", "林**"), ("real_name", "林", "林"),
        ("birthday", "1990-02-28", "****-**-**"), ("note", "anything", "******"),
    ],
)  # fmt: skip
def test_a_masked_value_gives_little_away(key: str, value: str, shown: str) -> None:
    assert masked(NAMED[key], value) == shown
