"""The sheet: text that fits where it stands, and is words and not code."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.reports.sheet import ELLIPSIS, Sheet, Style, clean, cut, width_of, wrapped

TEXTS = st.text(max_size=60)
WIDTHS = st.integers(20, 400)


def written(sheet: Sheet) -> list[str]:
    """The texts of the sheet as a reader of SVG gets them."""
    svg = "".join(map(str, sheet.finished("Some Sans", "en", band=0)))
    return [str(each.text) for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_a_full_width_sign_is_as_wide_as_it_is_high_and_most_letters_half() -> None:
    assert width_of("群域", 20) == 40
    assert width_of("！", 20) == 20
    assert width_of("🍵", 20) == 20
    assert width_of("abcd", 20) == pytest.approx(4 * 0.58 * 20)
    assert width_of("e\u0301", 20) == width_of("e", 20)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("群", 20, "群"),
        ("茶友群", 60, "茶友群"),
        ("茶友交流群", 60, "茶友…"),
        ("Tea lovers", 80, "Tea l…"),
        ("Tea lovers", 70, "Tea…"),
        ("", 5, ""),
    ],
)
def test_what_does_not_fit_ends_in_an_ellipsis(text: str, width: float, shown: str) -> None:
    assert cut(text, 20, width) == shown


@given(TEXTS, WIDTHS)
def test_a_cut_text_fits_and_begins_as_the_whole_one(text: str, width: int) -> None:
    shown = cut(text, 20, width)
    assert width_of(shown, 20) <= width
    assert shown == text or (shown[-1] == ELLIPSIS and text.startswith(shown[:-1]))


@given(TEXTS, WIDTHS, st.integers(1, 4))
def test_lines_fit_and_hold_the_text_in_its_order(text: str, width: int, count: int) -> None:
    lines = wrapped(text, 20, width, count)
    assert len(lines) <= count
    assert all(width_of(line, 20) <= width for line in lines)
    whole, shown = clean(text).replace(" ", ""), "".join(lines).replace(" ", "")
    assert shown == whole or whole.startswith(shown.removesuffix(ELLIPSIS))


def test_lines_break_at_spaces_where_there_are_some() -> None:
    assert wrapped("Members of the tea club", 20, 170, 3) == ["Members of the", "tea club"]
    assert wrapped("很长很长的群名", 20, 80, 3) == ["很长很长", "的群名"]
    assert wrapped("很长很长的群名", 20, 80, 1) == ["很长很…"]


@pytest.mark.parametrize("name", ["<b>&amp;\"'</text>", "]]>", "<!--", "{{ 1 }}"])
def test_names_are_words(name: str) -> None:
    sheet = Sheet()
    sheet.write(name, Style(20))
    assert written(sheet) == [name]


def test_what_svg_may_not_hold_and_what_turns_text_around_is_left_out() -> None:
    sheet = Sheet()
    sheet.write("a\ud800\ufffe\u202eb\u200b\x1b\n\tc\x00👨\u200d👩", Style(20))
    assert written(sheet) == ["ab c 👨\u200d👩"]


@given(st.text(st.characters(codec=None), max_size=40))
def test_any_name_gives_an_svg_that_can_be_read(name: str) -> None:
    sheet = Sheet()
    sheet.write(name, Style(20), lines=2)
    assert all(line == clean(line) for line in written(sheet))


def test_the_sheet_is_as_high_as_what_stands_on_it() -> None:
    sheet = Sheet()
    for _ in range(3):
        sheet.write("line", Style(20))
    svg = ElementTree.fromstring("".join(map(str, sheet.finished("Some Sans", "en", band=10))))
    assert (svg.get("width"), svg.get("height")) == ("1080", "84")
