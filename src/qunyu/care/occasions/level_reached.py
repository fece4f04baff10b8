"""A level reached: somebody came up to a level of a points programme, to congratulate them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q

from qunyu.care.kind import DAYS, LEVELS, Found, Kind, Terms, Window
from qunyu.kernel.words import Words
from qunyu.loyalty.level_days import raised
from qunyu.people.settings import Setting

AFTER = Setting(
    "care.level_reached.days", Words("升级后多少天", "Days after it was reached"), DAYS, 0, 0, 30, whole=True
)


def find(window: Window, terms: Terms) -> Iterator[Found]:
    """Everybody who came up to a level so many days before and did not fall since; of several steps on a day the last."""
    after = timedelta(days=terms.of(AFTER))
    for each in raised(Q(day__gte=window.first - after, day__lte=window.last - after)):
        told = {"level": each.level, "since": each.day.isoformat()}
        yield Found(each.person, each.day + after, told, subject=str(each.programme), unit=each.unit)


KIND = Kind(
    key="level_reached",
    place=8,
    title=Words("升级", "A level reached"),
    help=Words(
        "升到有门槛或手工授予的等级之后 {days} 天；等级启用首日的评定不算",
        "{days} days after they came up to a level that has a bar or was given; a ladder’s first day does not count",
    ),
    icon="award",
    find=find,
    settings=(AFTER,),
    of_person=True,
    why=lambda evidence: Words(f"升到“{evidence['level']}”", f"came up to “{evidence['level']}”"),
    openings={
        "": Words("{name}，恭喜升级！谢谢你一直以来的支持。", "Congratulations on your new level, {name}! Thank you for being with us."),
    },
    needs=LEVELS,
)  # fmt: skip
