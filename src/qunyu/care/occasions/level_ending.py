"""A level about to end: somebody's standing in a points programme is over on a day to come, to tell them what keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q

from qunyu.care.kind import DAYS, LEVELS, Found, Kind, Terms, Window
from qunyu.kernel.words import Words
from qunyu.loyalty.level_days import ending
from qunyu.people.settings import Setting

AHEAD = Setting("care.level_ending.days", Words("到期前多少天", "Days before it ends"), DAYS, 30, 1, 90, whole=True)


def find(window: Window, terms: Terms) -> Iterator[Found]:
    """Everybody whose standing ends so many days later and who does not meet by now what keeps it."""
    ahead = timedelta(days=terms.of(AHEAD))
    first, last = max(window.first + ahead, window.today), window.last + ahead
    for each in ending(Q(until__gte=first, until__lte=last), window.today):
        told = {"level": each.level, "since": each.until.isoformat(), "zh": each.keeps.zh, "en": each.keeps.en}
        yield Found(each.person, each.until - ahead, told, subject=str(each.programme), unit=each.unit)


KIND = Kind(
    key="level_ending",
    place=9,
    title=Words("等级将到期", "A level about to end"),
    help=Words(
        "等级到期前 {days} 天，且还没有达到保级条件",
        "{days} days before a level ends, for those who do not meet yet what keeps it",
    ),
    icon="hourglass-low",
    find=find,
    settings=(AHEAD,),
    of_person=True,
    why=lambda evidence: Words(
        f"“{evidence['level']}”到 {evidence['since']} 为止；保级条件：{evidence['zh']}",
        f"“{evidence['level']}” holds until {evidence['since']}; what keeps it: {evidence['en']}",
    ),
    openings={
        "": Words("{name}，你的会员等级快到期了，要不要我帮你看看怎样保住它？", "{name}, your level ends soon. Shall I tell you what keeps it?"),
    },
    needs=LEVELS,
)  # fmt: skip
