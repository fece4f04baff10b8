"""Numbers and ids as people write them come out exactly, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.cells import Unreadable, identifier, is_blank, is_masked, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", "12.50"),
        ("-3", "-3"),
        ("¥1,234.50", "1234.50"),
        ("￥88", "88"),
        ("1 234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1\u00a0234,50 €", "1234.50"),
        ("12,5", "12.5"),
        ("1,234", "1234"),
        ("1,234,567.8", "1234567.8"),
        ("１２３．４５元", "123.45"),
        ("（12.00）", "-12.00"),
        ("(1,000.00)", "-1000.00"),
        ("12.00-", "-12.00"),
        ("-¥5", "-5"),
        ("¥-5", "-5"),
        ("1.2万", "12000"),
        ("3亿", "300000000"),
        ("3.5E+2", "350"),
        ('="66"', "66"),
        ("RMB 12", "12"),
        ("0", "0"),
    ],
)
def test_number(text: str, value: str) -> None:
    assert number(text, "amount") == Decimal(value)


@pytest.mark.parametrize("text", ["八十八", "12.3.4", "1,23,4", "12%", "abc", "NaN1", "1e99", "1_000", "1" * 16, "()"])
def test_no_number_is_told_with_its_field(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        number(text, "amount")
    assert caught.value.code == "bad_number"
    assert caught.value.data == {"field": "amount", "value": text}


@pytest.mark.parametrize("text", ["", "  ", "-", "--", "null", "NaN", "\t", "无", " " * 9])
def test_blank_is_missing_not_zero(text: str) -> None:
    assert is_blank(text)
    with pytest.raises(Unreadable) as caught:
        number(text, "amount")
    assert caught.value.code == "missing_field"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_every_spelling_of_an_amount_is_the_same_amount(value: Decimal) -> None:
    spellings = [f"{value}", f"{value:,}", f"¥{value:,}", f"{value}元", f" {value:,} "]
    if value < 0:
        spellings.append(f"({-value:,})")
    assert {number(text, "amount") for text in spellings} == {value}


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("13995.0", "13995"),
        ("00004", "00004"),
        ('="1234567890123456789"', "1234567890123456789"),
        ("'0012", "0012"),
        ("\t4201\t", "4201"),
        ("C536379", "C536379"),
        ("#1001", "#1001"),
        ("nan", ""),
        ("--", ""),
        ("", ""),
        ("张三", "张三"),
    ],
)
def test_identifier(text: str, id_: str) -> None:
    assert identifier(text) == id_


@pytest.mark.parametrize("text", ["1.23457E+17", "1.2345678901234568e+18", "2E+18"])
def test_an_id_a_spreadsheet_has_rounded_is_none(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        identifier(text)
    assert caught.value.code == "damaged_id"


def test_masked() -> None:
    assert is_masked("138****1234")
    assert is_masked("小**")
    assert is_masked("t＊＊1")
    assert not is_masked("13800138000")
