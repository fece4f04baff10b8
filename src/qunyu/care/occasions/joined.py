"""Anniversaries of joining: whole years since somebody was first seen joining one of our communities."""

from __future__ import annotations

from collections.abc import Iterator

from qunyu.care.kind import Found, Kind, Terms, Window
from qunyu.kernel.words import Words
from qunyu.members.recurring_facts import first_joins


def find(window: Window, terms: Terms) -> Iterator[Found]:
    """Everybody who is still in the community they were first seen joining."""
    for person, community, at in first_joins(window.anniversaries("joined_at") & terms.where("community__unit")):
        again = window.anniversary(window.local(at))
        if again is not None:
            yield Found(person, again[0], {"years": again[1]}, community=community)


KIND = Kind(
    key="joined",
    place=3,
    title=Words("入群周年", "Years since joining"),
    help=Words("第一次入群满整年；只算看得出入群日的人", "whole years since they first joined; only where the joining was seen"),
    icon="confetti",
    find=find,
    why=lambda evidence: Words(f"入群满 {evidence['years']} 年", f"joined {evidence['years']} years ago"),
    openings={
        "": Words("{name}，不知不觉认识你这么久了，谢谢你一直都在。", "{name}, we have known each other for quite a while now. Thank you for being here."),
        "group": Words("谢谢{name}一路陪着我们！", "Thank you, {name}, for being with us all this time!"),
    },
)  # fmt: skip
