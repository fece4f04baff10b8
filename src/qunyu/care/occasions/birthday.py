"""Birthdays: month and day of the profile, for those who may edit the person and so greet them; the year stays masked."""

from __future__ import annotations

from collections.abc import Iterator

from qunyu.care.kind import Found, Kind, Terms, Window
from qunyu.kernel.words import Words
from qunyu.members.recurring import falling, tokens


def find(window: Window, _: Terms) -> Iterator[Found]:
    """Everybody whose birthday falls on one of the days."""
    wanted = tokens(window.days)
    for person, token in falling("birthday", wanted, sealed=True).values_list("person", "recurs").iterator():
        yield Found(person, wanted[token])


KIND = Kind(
    key="birthday",
    place=1,
    title=Words("生日", "Birthday"),
    help=Words("资料中的生日；能编辑该成员的人才看得到，年份不显示", "the birthday in the profile, for those who may edit the person; the year is not shown"),
    icon="cake",
    needs="members.edit",
    find=find,
    of_person=True,
    why=lambda evidence: Words("资料中写着这天生日", "their profile says so"),
    openings={
        "": Words("{name}，生日快乐！愿你新的一岁平安顺心。", "Happy birthday, {name}! All the best for your new year."),
        "moments": Words("祝{name}生日快乐！", "Happy birthday to {name}!"),
        "group": Words("今天是{name}的生日，大家一起祝{name}生日快乐！", "It is {name}’s birthday today. Happy birthday, {name}!"),
    },
)  # fmt: skip
