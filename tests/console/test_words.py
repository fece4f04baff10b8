"""Both languages are complete: every sentence of the pages, every code with a name."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

import qunyu
from qunyu.console import exports, heat, narrowing, navigation, previewing
from qunyu.console.figures import GROUPS
from qunyu.events.lake import drafts
from qunyu.events.reading import readers
from qunyu.insights.metric import metrics
from qunyu.kernel.words import Words
from qunyu.reports import audit_names, names
from tools.messages import LOCALES, extracted, path_of

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_is_translated_and_none_is_left_over(locale: str) -> None:
    with path_of(locale).open("rb") as stream:
        kept = {str(each.id): str(each.string) for each in read_po(stream, locale=locale) if each.id}
    wanted = {str(each.id) for each in extracted() if each.id}
    assert kept.keys() == wanted, "run `make words`, then translate what is new"
    assert [sentence for sentence, text in kept.items() if not text] == []
    if locale == "en":
        assert all(sentence == text for sentence, text in kept.items())
    else:
        assert [text for text in kept.values() if not CHINESE.search(text)] == []


def test_templates_hold_no_chinese_of_their_own() -> None:
    folder = Path(qunyu.__file__).parent / "console" / "templates"
    both = {"500.html", "_language.html"}
    found = [path.name for path in folder.rglob("*.html") if CHINESE.search(path.read_text(encoding="utf-8"))]
    assert set(found) == both


@pytest.mark.parametrize(
    "module", [names, audit_names, narrowing, navigation, previewing, heat], ids=lambda each: each.__name__
)
def test_every_name_is_there_in_both_languages(module: ModuleType) -> None:
    for value in vars(module).values():
        for words in value.values() if isinstance(value, dict) else ():
            if isinstance(words, Words):
                assert words.zh
                assert words.en
                assert not CHINESE.search(words.en)


def test_every_platform_of_a_reader_has_a_name() -> None:
    platforms = {reader.platform for reader in readers().values()} - {"orders", "costs"}
    assert platforms <= names.PLATFORMS.keys()


def test_every_kind_of_fact_has_a_name() -> None:
    kinds = set(
        re.findall(r"'(\w+)' AS kind|'(order|cost|exposed|listed|unlisted)'", drafts.drafts_sql.__globals__["_MEMBERS"])
    )
    assert {kind for pair in kinds for kind in pair if kind} <= names.COUNTS.keys()


def test_the_board_groups_name_metrics_there_are() -> None:
    keys = [key for _, first, more in GROUPS for key in (*first, *more)]
    assert len(keys) == len(set(keys))
    assert set(keys) <= metrics().keys()


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "'\rx"),
        ("＝x", "'＝x"), ("a=b", "a=b"), ("", ""), (None, ""), (-3, -3), (2.5, 2.5), (True, "True"), (Words("=茶", "=tea"), "'=茶"),
    ],
)  # fmt: skip
def test_cells_that_a_spreadsheet_would_run_are_defused(cell: object, kept: object) -> None:
    assert exports.defused(cell) == kept
