"""Every table that leads to a person is somebody's to count, give out and erase; a new one without a holder fails here."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field, Model

from qunyu.kernel.personal import Person, holders, kinds
from qunyu.members.models import Identity, Member

# Tables that lead to a person and hold nothing of them that could be told or erased: why not.
NOT_HELD: dict[str, str] = {}
PAGE = Path(__file__).parents[1] / "docs" / "privacy.md"
NOBODY = Person(frozenset({-1}), frozenset({-1}), ("nobody at all",))


def leading_to_people() -> list[str]:
    """The labels of the models with a foreign key to a member or an identity."""
    found = {"members.Member"}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, Field) else None
            if isinstance(target, type) and issubclass(target, Model) and target in (Member, Identity):
                found.add(model._meta.label)
    return sorted(found)


def covered() -> set[str]:
    return {label for holder in holders().values() for label in holder.models}


@pytest.mark.parametrize("label", leading_to_people())
def test_a_table_about_people_has_a_holder(label: str) -> None:
    assert label in covered() or label in NOT_HELD, f"say in the package's personal.py what becomes of {label}"


def test_holders_name_tables_that_are_there() -> None:
    for label in covered() | NOT_HELD.keys():
        assert apps.get_model(label) is not None
    assert not covered() & NOT_HELD.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(holders()))
def test_a_holder_has_nothing_of_nobody(key: str) -> None:
    holder = holders()[key]
    assert holder.count(NOBODY) == 0
    told = holder.export(NOBODY)
    assert not any(told.values()) if isinstance(told, dict) else told == []
    assert (set(holder.terms(NOBODY)), set(holder.stops(NOBODY))) == (set(), set())
    for words in (holder.title, holder.what, holder.why):
        assert words.zh and words.en


def test_names_of_letters_are_words_of_their_own() -> None:
    tom = Person(frozenset(), frozenset(), ("Tom", "小茶", "x"))
    assert (
        tom.without("Tom, tomorrow Tomatoes @toM @小茶同学 x，小茶：我喝小茶杯")
        == "已删除的成员, tomorrow Tomatoes @已删除的成员 @已删除的成员同学 x，已删除的成员：我喝小茶杯"
    )
    assert tom.without_json({"小茶": ["Tom", 3, None]}) == {"小茶": ["已删除的成员", 3, None]}


@pytest.mark.parametrize("key", sorted(holders()))
def test_what_has_no_period_says_why(key: str) -> None:
    """Of what a holder keeps either a period covers every table, or it says why it stays; the page about privacy says the same."""
    holder = holders()[key]
    timed = {label for kind in kinds().values() for label in kind.models}
    covered_by_periods = set(holder.models) <= timed if holder.models else key in kinds()
    assert covered_by_periods or holder.stays is not None
    if holder.stays is not None:
        assert f"| {holder.title.en} | {holder.stays.en} |" in PAGE.read_text(encoding="utf-8")


def test_every_kind_says_what_goes() -> None:
    assert {"texts", "contacts", "problems"} <= kinds().keys()
    assert all(each.least_days >= 1 and each.help.zh and each.help.en for each in kinds().values())
    for label in {label for kind in kinds().values() for label in kind.models}:
        assert apps.get_model(label) is not None
