"""Tagging: what the made-up brand's operators noted of some of their people, so that a demo has tags to show."""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.scope import Scope
from qunyu.members.queries import search_people
from qunyu.members.tagging import put
from qunyu.members.tags import add_group, add_tag
from qunyu.people.queries import root_unit

# Group -> whether a person carries one of it at most, and its tags, each with the label of those who get it and why.
GROUPS: dict[str, tuple[bool, dict[str, tuple[str, str, str]]]] = {
    "擅长": (
        False,
        {
            "泡茶": ("tier", "professional", "群里常教大家泡茶"),
            "选茶送礼": ("tier", "contributing", "常帮人出送礼主意"),
            "拍照": ("", "", ""),
        },
    ),
    "客户阶段": (
        True,
        {
            "新客": ("stage", "acquisition", "刚来，还没聊过"),
            "老客": ("stage", "revenue", "已经下过单"),
            "VIP": ("user_type", "loyal", "店长推荐"),
        },
    ),
}
MOST = 12


def tag(*, by: Scope, now: datetime) -> None:
    """Makes the groups at the top of the tree and puts their tags on MOST people each, by name."""
    for name, (exclusive, tags) in GROUPS.items():
        group = add_group(by=by, unit=root_unit(), name=name, exclusive=exclusive, now=now)
        for word, (label, value, why) in tags.items():
            made = add_tag(by=by, group=group, name=word, now=now)
            if not label:
                continue
            found = search_people(by, role="member", labels={label: value}).order_by("name", "public_id")
            mine = list(found.values_list("pk", flat=True)[:MOST])
            if mine:
                put(by=by, tag=made, members=mine, reason=why, now=now)
