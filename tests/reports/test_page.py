"""The page: one file that opens offline, in both languages, and takes no names for code."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from qunyu.insights.metric import metrics
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Language, speaking
from qunyu.reports import page
from qunyu.reports.charts import Chart
from tests.insights.stories import Story, scope_at
from tests.reports.conftest import content

EVIL = "<script>alert(1)</script>"


class Seen(HTMLParser):
    """What a browser makes of the page: its elements, scripts, addresses and visible words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.words: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            attrs, before = self.scripts[-1]
            self.scripts[-1] = (attrs, before + data)
        else:
            self.words.append(data)

    @property
    def options(self) -> dict[str, Any]:
        (text,) = [text for attrs, text in self.scripts if attrs.get("id") == "options"]
        found: dict[str, Any] = json.loads(text)
        return found


@pytest.fixture(autouse=True)
def small_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The charts' real program is a megabyte; one test below takes it."""
    monkeypatch.setattr(page, "_echarts", lambda: "const echarts = {};")


def rendered(what: page.Content, language: Language = "en") -> str:
    with speaking(language):
        return page.render(what)


def test_the_page_is_self_contained(whole: page.Content) -> None:
    seen = Seen(rendered(whole))
    assert seen.addresses == []
    assert not {"link", "img", "iframe", "object", "embed"} & set(seen.tags)
    styles = re.search(r"<style>(.*?)</style>", rendered(whole), re.DOTALL)
    assert styles
    assert "url(" not in styles[1]
    assert "@import" not in styles[1]


def test_every_chart_has_its_option_and_its_place(whole: page.Content) -> None:
    seen = Seen(rendered(whole))
    places = [value for name, value in seen.attributes if name == "data-chart"]
    assert places == list(seen.options)
    assert "cohorts" in places


@pytest.mark.parametrize(("language", "said"), [("zh", "社群"), ("en", "Communities")])
def test_both_languages(whole: page.Content, language: Language, said: str) -> None:
    text = rendered(whole, language)
    assert said in Seen(text).words
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in text


def test_the_figures_stand_on_the_page(whole: page.Content) -> None:
    words = " ".join(Seen(rendered(whole)).words)
    for figure in ("2026-03", "¥ 1,234.00", "50.0 %", "Tea lovers", "2026-01-10 08:00 – 2026-03-10 09:01"):
        assert figure in words
    assert "Asia/Shanghai" in words
    assert "2026-04-01 12:00" in words
    for metric in metrics().values():
        assert str(metric.title.en) in words
        assert str(metric.definition.en) in words


def test_cards_speak_of_the_last_whole_period(whole: page.Content) -> None:
    """March runs on until the 11th: it is not compared with a whole month."""
    words = [word.strip() for word in Seen(rendered(whole)).words if word.strip()]
    place = words.index("Messages", words.index("Interaction rate"))
    assert words[place : place + 3] == ["Messages", "0", "2026-02 · ▼ 100.0 %"]
    assert words[words.index("ROI") + 1] == "unknown"


def test_a_page_about_one_of_several_keys(own_shop: Story) -> None:
    own_shop.says(5, "2026-01-15", community=2)
    board = own_shop.board(by="community")
    said = [Seen(rendered(replace(content(own_shop), board=board, key=key))).words for key in (1, 2)]
    assert ["2,468" in " ".join(words) for words in said] == [True, False]


@pytest.mark.parametrize("evil", [EVIL, "</script><b>", "<!--<script>", "'\"><i>", "{{ 1 }}{% now 'Y' %}"])
def test_names_are_words_and_not_code(whole: page.Content, evil: str) -> None:
    plain = Seen(rendered(whole))
    named = replace(whole.by_community, keys={1: evil})
    seen = Seen(rendered(replace(whole, title=evil, by_community=named, problems=(evil,), problem_count=1)))
    assert len(seen.scripts) == len(plain.scripts)
    assert set(seen.tags) <= set(plain.tags) | {"ul", "li"}
    words = "".join(seen.words)
    assert words.count(evil) >= 3
    assert seen.options == plain.options


@pytest.mark.parametrize("evil", ["</script>", "<!--<script>", EVIL])
def test_an_option_does_not_end_its_script(whole: page.Content, evil: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = Chart("evil", metrics()["members"].title, {"name": evil})
    monkeypatch.setattr(page, "board_charts", lambda board, key: [chart])
    seen = Seen(rendered(whole))
    assert seen.options["evil"] == {"name": evil}
    (text,) = [text for attrs, text in seen.scripts if attrs.get("id") == "options"]
    assert "<" not in text


def test_without_the_permission_no_amount_is_on_the_page(shop: Story) -> None:
    text = rendered(content(shop, scope_at(1, allowed=("communities.view",))))
    assert "you may not see orders and revenue" in text
    assert "1,234" not in text


def test_nothing_in_scope_is_a_page_all_the_same(shop: Story) -> None:
    seen = Seen(rendered(content(shop, scope_at(9))))
    assert seen.options == {}
    assert "unknown – unknown" in " ".join(seen.words)


def test_the_charts_program_is_inside_and_does_not_end_its_script(
    whole: page.Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    try:
        text = rendered(whole)
    except DomainError as error:
        assert error.code == "no_front_end"
        pytest.skip("the charts' program is not installed (make install)")
    seen = Seen(text)
    (program,) = [text for attrs, text in seen.scripts if not attrs and len(text) > 100_000]
    assert "echarts" in program
    assert len(seen.scripts) == 3


def test_a_missing_program_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(finders, "find", lambda path: None)
    with pytest.raises(DomainError, match="make install"):
        page._echarts()
