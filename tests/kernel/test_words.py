"""Words answer in the language that is spoken."""

import contextvars

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import LANGUAGES, Words, language, speaking

TEA = Words("茶", "tea")


def test_chinese_unless_somebody_says_otherwise() -> None:
    assert contextvars.Context().run(language) == "zh"
    assert contextvars.Context().run(str, TEA) == "茶"


def test_speaking_holds_inside_the_block_only() -> None:
    with speaking("zh"):
        with speaking("en"):
            assert (str(TEA), language()) == ("tea", "en")
        assert (str(TEA), language()) == ("茶", "zh")


def test_speaking_ends_with_an_error_too() -> None:
    before = language()
    with pytest.raises(RuntimeError), speaking("en"):
        raise RuntimeError
    assert language() == before


def test_fill_fills_both_languages_once() -> None:
    filled = Words("{n} 杯{what}", "{n} cups of {what}").fill(n=3, what="{n}")
    assert filled == Words("3 杯{n}", "3 cups of {n}")


def test_an_error_speaks_the_language_at_the_time_of_reading() -> None:
    error = DomainError("no_tea", TEA, cups=0)
    assert (error.code, error.data, error.args) == ("no_tea", {"cups": 0}, ("tea",))
    for chosen, said in zip(LANGUAGES, ("茶", "tea"), strict=True):
        with speaking(chosen):
            assert str(error) == said
