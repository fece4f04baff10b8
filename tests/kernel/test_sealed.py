"""What is sealed opens with the same key for the same purpose, and never otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from qunyu.kernel.errors import DomainError
from qunyu.kernel.sealed import seal, unseal


@given(st.text())
def test_what_is_sealed_can_be_opened(text: str) -> None:
    sealed = seal(text, "tests")
    assert unseal(sealed, "tests") == text
    assert sealed.isascii()
    assert sealed != seal(text, "tests")


def test_nothing_of_the_text_shows() -> None:
    assert "13800138000" not in seal("13800138000", "phone")


@pytest.mark.parametrize("spoiled", ["", "1:", "1:AAAA", "no base64!", "电话"])
def test_what_nobody_sealed_is_refused(spoiled: str) -> None:
    with pytest.raises(DomainError) as caught:
        unseal(spoiled, "tests")
    assert caught.value.code == "sealed_elsewhere"


def test_one_changed_letter_is_noticed() -> None:
    sealed = seal("a secret", "tests")
    other = "A" if sealed[30] != "A" else "B"
    with pytest.raises(DomainError):
        unseal(sealed[:30] + other + sealed[31:], "tests")


def test_another_purpose_or_key_opens_nothing(settings: Settings) -> None:
    sealed = seal("a secret", "tests")
    with pytest.raises(DomainError):
        unseal(sealed, "other")
    settings.SECRET_KEY = "another"
    with pytest.raises(DomainError) as caught:
        unseal(sealed, "tests")
    assert "QUNYU_SECRET_KEY" in caught.value.message.en
