"""Laws: a segment and its complement are everybody, without overlap; and every tree is what its leaves make of it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qunyu.insights.doing import doers
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.members.queries import people
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.segments import planning
from qunyu.segments.conditions import Speaker
from qunyu.segments.queries import members_in, plan
from qunyu.segments.rules.checking import checked
from qunyu.segments.rules.tree import And, Condition, Not, Or
from tests.deployment_fixtures import NOW, AddStaff
from tests.segments.conftest import Names

EVERYBODY = {"Lin", "Mei", "Tom", "小茶", "Ann", "Bob", "Zoe", "Tom shop"}
# What each leaf is true of, by hand. Today is 20 March 2026 in Shanghai.
LEAVES: dict[str, set[str]] = {
    "所有人": EVERYBODY,
    "name contains “tom”": {"Tom", "Tom shop"},
    "role is Bot": set(),
    "region is known": {"Mei", "Tom"},
    "region is unknown": EVERYBODY - {"Mei", "Tom"},
    "region is “上海” | “广州”": {"Mei"},
    "region contains “上海”": {"Mei", "Tom"},
    "shoe size > 38": {"Tom"},
    "shoe size between 38 and 43.5": {"Mei", "Tom"},
    "shoe size = 43.5": {"Tom"},
    "爱喝 是 绿茶": {"Mei"},
    "爱喝 是 绿茶 | 白茶": {"Mei", "Tom"},
    "phone is known": {"Mei"},
    "e-mail is known": set(),
    "customer since until 2026-02-20": {"Mei"},
    "customer since within 10 days": set(),
    "tag is “客户/VIP”": {"Mei"},
    "tier is Active": {"Mei", "Ann"},
    "tier is known": {"Mei", "Tom", "Ann"},
    "tier start within 7 days": {"Ann"},
    "tier start before the last 7 days": {"Mei", "Tom"},
    "in a community": {"Lin", "Mei", "小茶", "Ann", "Bob"},
    "in a community where (type=Welfare)": {"Lin", "Mei", "小茶"},
    "in a community where (unit=华南店)": {"Ann", "Bob"},
    "was in a community at least 2 communities": set(),
    "was in a community where (community=“Tea lovers”, platform=WhatsApp)": {"Lin", "Mei", "Tom", "小茶"},
    "left a community": {"Tom"},
    "left a community within 7 days": {"Tom"},
    "left a community within 6 days": set(),
    "last seen within 6 days": {"Bob"},
    "last seen before the last 6 days": {"Lin", "Mei", "Tom", "小茶", "Ann"},
    "first seen on 2026-03-13": {"小茶"},
    "last seen is unknown": {"Zoe", "Tom shop"},
    "ordered": {"Mei", "Zoe"},
    "ordered at least 2 times": {"Mei"},
    "ordered exactly 1 times": {"Zoe"},
    "ordered at most 1 times": EVERYBODY - {"Mei"},
    "ordered within 8 days": {"Mei", "Zoe"},
    "first order until 2026-02-28": {"Mei"},
    "last order on 2026-03-13": {"Mei"},
    "total spent CNY >= 42.35": {"Mei"},
    "total spent CNY < 42.35": set(),
    "total spent USD = 8": {"Zoe"},
    "average paid CNY between 21 and 22": {"Mei"},
    "average paid CNY is unknown": EVERYBODY - {"Mei"},
    "was contacted": {"Tom"},
    "contacted us": set(),
    "last contact within 1 days": {"Tom"},
    "household role is decider": {"Tom"},
    "household role is user": {"Lin"},
    "sent messages": {"Lin", "Mei", "Tom", "小茶", "Ann", "Bob"},
    "sent messages at least 3 times": {"Mei"},
    "sent messages at least 3 times within 14 days": set(),
    "sent messages within 7 days": {"Mei", "小茶", "Bob"},
    "sent messages within 7 days where (type=Welfare)": {"Mei", "小茶"},
    "sent messages exactly 2 times": {"Tom", "小茶", "Bob"},
    "sent messages at most 1 times": {"Lin", "Ann", "Zoe", "Tom shop"},
    "spoke between 2026-03-13 and 2026-03-13": {"Tom", "小茶"},
    "was active at least 3 days": {"Mei"},
    "went out": {"Tom"},
    "mentioned “茶” within 30 days": {"小茶"},
    "points > 3": {"Mei"},
    "points = 7": {"Mei"},
    "points >= 6.5": {"Mei"},
    "points <= 2": {"Tom", "Ann"},
    "points between 0 and 2": {"Tom", "Ann"},
    "points < 0.5": {"Ann"},
    "points is known": {"Mei", "Tom", "Ann"},
    "等级 是 金": {"Mei"},
    "level is 金 | 银": {"Mei", "Lin"},
    "等级 未知": EVERYBODY - {"Mei", "Lin"},
    "satisfaction > 60": {"Mei"},
    "satisfaction = 75.5": {"Mei"},
    "satisfaction between 40 and 60": {"Tom"},
    "满意度 未知": EVERYBODY - {"Mei", "Tom"},
    "opinion score >= 75.5": {"Mei"},
    "opinion score < 60": {"Tom"},
    "评价均分 已知": {"Mei", "Tom"},
    "同意 营销联系 是 同意": {"Tom"},
    "同意 营销联系 是 拒绝": {"Lin"},
    "consent marketing contact is Withdrawn": {"Mei", "Ann"},
    "consent marketing contact is Withdrawn | Refused": {"Mei", "Ann", "Lin"},
    "同意 营销联系 已知": {"Mei", "Tom", "Ann", "Lin"},
    "consent sharing with partners is unknown": EVERYBODY,
    "mentioned “TEA” within 30 days": {"Lin", "Mei", "Tom"},
}  # fmt: skip


def test_every_leaf_says_whom_it_should(world: Unit, who: Names) -> None:
    assert {text: who(text) for text in LEAVES} == LEAVES


def grown(
    inner: st.SearchStrategy[tuple[Condition, frozenset[str]]],
) -> st.SearchStrategy[tuple[Condition, frozenset[str]]]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map(
            lambda found: (And(tuple(each for each, _ in found)), frozenset.intersection(*(who for _, who in found)))
        ),
        several.map(lambda found: (Or(tuple(each for each, _ in found)), frozenset.union(*(who for _, who in found)))),
        inner.map(lambda found: (Not(found[0]), frozenset(EVERYBODY) - found[1])),
    )


def test_a_segment_and_its_complement_are_everybody(world: Unit, system: Scope) -> None:
    speaker = Speaker(system)
    known = {text: speaker.from_text(text) for text in LEAVES}
    # What an erased person wrote is still in the lake; nobody is found by it.
    Member.objects.filter(name="Ann").update(erased=True)
    named = dict(Member.objects.values_list("pk", "name"))
    leaves = st.sampled_from(sorted(LEAVES)).map(lambda text: (known[text], frozenset(LEAVES[text])))

    @given(st.recursive(leaves, grown, max_leaves=6))
    @settings(max_examples=30, suppress_health_check=list(HealthCheck))
    def law(drawn: tuple[Condition, frozenset[str]]) -> None:
        condition, expected = drawn
        try:
            condition = checked(condition, speaker.vocabulary)
            checked(Not(condition), speaker.vocabulary)
        except DomainError:
            assume(False)
        inside, outside = (members_in(system, each, NOW) for each in (condition, Not(condition)))
        assert not set(inside.tolist()) & set(outside.tolist())
        assert sorted([*inside.tolist(), *outside.tolist()]) == sorted(people(system).values_list("pk", flat=True))
        assert {named[each] for each in inside.tolist()} == expected - {"Ann"}

    law()


def test_the_law_holds_for_what_somebody_sees(world: Unit, staff: AddStaff, who: Names) -> None:
    everybody = {"owner": EVERYBODY - {"Ann", "Bob"}, "admin": {"Lin", "Mei", "Tom", "小茶"}}
    for role, seen in everybody.items():
        scope = scope_of(staff(role, role, world))
        assert who("所有人", scope) == seen
        for text in (
            "region is known",
            "tier is Active",
            "spoke within 30 days",
            "went out or tag is “客户/VIP”",
            "points > 1 or level is 银",
            "opinion score < 60 and not consent marketing contact is Refused",
            "mentioned “today” within 30 days",
        ):
            inside, outside = who(text, scope), who(f"not ({text})", scope)
            assert (inside | outside, inside & outside) == (seen, set())
    owner = scope_of(staff("again", "owner", world))
    assert [who(text, owner) for text in ("ordered", "satisfaction is known")] == [{"Mei", "Zoe"}, {"Mei", "Tom"}]


def test_what_somebody_may_not_know_cannot_be_asked(world: Unit, staff: AddStaff, who: Names) -> None:
    admin = scope_of(staff("admin", "admin", world))
    for text in ("没有 下单", "total spent CNY > 1", "last order is unknown", "满意度 > 60"):
        with pytest.raises(DomainError) as caught:
            who(text, admin)
        assert caught.value.code == "denied_segment_field"
    with pytest.raises(DomainError) as caught:
        who("所有人", scope_of(staff("analyst", "analyst", world)))
    assert caught.value.code == "denied"


ANYBODY = re.compile('FROM "members_(member|identity)"')


def test_few_statements_and_one_scan(world: Unit, system: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    scans: list[int] = []

    def counted(lake: object, scope: Scope, deeds: list[object], heads: object) -> object:
        scans.append(len(deeds))
        return doers(lake, scope, deeds, heads)  # type: ignore[arg-type]

    monkeypatch.setattr(planning, "doers", counted)
    speaker = Speaker(system)
    alone = "(tier is Active or region is known) and not ordered and not (tag is “客户/VIP” or last seen within 3 days)"
    mixed = (
        f"{alone} and (spoke at least 2 times within 14 days or asked) and not spoke at least 2 times within 14 days"
    )
    for text, statements, deeds in ((alone, 1, []), (mixed, 3, [2]), ("not spoke", 4, [1])):
        planned = plan(speaker, speaker.from_text(text), NOW)
        scans.clear()
        with CaptureQueriesContext(connection) as asked:
            planned.members()
        # What the lake needs of the database (its version, communities, who is behind identities) is asked once as well.
        told = [each["sql"] for each in asked if "EXISTS" in each["sql"] and ANYBODY.search(each["sql"])]
        assert (len(told), scans) == (min(statements, 1), deeds)
        # Which tags a tag was merged into, and whether one of them excludes others, is asked before.
        assert len(asked) <= statements + 4 + (3 if "tag is" in text else 0)
