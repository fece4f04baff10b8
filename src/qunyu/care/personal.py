"""What care keeps of people: occasions, what they were asked for, and whom they brought."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from qunyu.care.asks import REST
from qunyu.care.models import Brought, FavourAsk, Occasion, Opening
from qunyu.kernel.personal import Holder, Kind, Person, plain, scrub
from qunyu.kernel.words import Words
from qunyu.members.personal import overview_of


def _erase_occasions(person: Person) -> Mapping[str, int]:
    Occasion.objects.filter(member__in=person.own).delete()
    return {"elsewhere": scrub(Occasion, ("reason",), person) + scrub(Opening, ("text",), person)}


def _erase_asks(person: Person) -> Mapping[str, int]:
    FavourAsk.objects.filter(member__in=person.own).delete()
    Brought.objects.filter(member__in=person.own).delete()
    return {"elsewhere": scrub(FavourAsk, ("what", "note", "thanks_note"), person)}


def _mine(person: Person) -> Q:
    return Q(member__in=person.own)


_ASKED = ("kind", "what", "asked_at", "by_name", "outcome", "outcome_at", "note", "thanks", "thanks_note")
HOLDERS = (
    Holder(
        key="occasions",
        title=Words("关系日历", "Relationship calendar"),
        what=Words("值得问候的日子与处理情况", "days worth a greeting, and what became of them"),
        why=Words("在合适的日子联系，不打扰", "contact on the right day, and no more than that"),
        models=("care.Occasion",),
        count=lambda person: Occasion.objects.filter(_mine(person)).count(),
        export=lambda person: plain(
            Occasion.objects.filter(_mine(person)).order_by("id").values("kind", "day", "evidence", "state", "reason")
        ),
        erase=_erase_occasions,
        overview=overview_of(Occasion, "seen_at"),
    ),
    Holder(
        key="favours",
        title=Words("小忙与推荐", "Favours and recommendations"),
        what=Words("请过对方什么、结果如何、由谁介绍来", "what people were asked for, what came of it, who came by whom"),
        why=Words("不反复麻烦同一个人，记得道谢", "nobody is asked too often, and thanks are not forgotten"),
        models=("care.FavourAsk", "care.Brought"),
        count=lambda person: FavourAsk.objects.filter(_mine(person)).count() + Brought.objects.filter(_mine(person)).count(),
        # Whom they came by is the other's.
        export=lambda person: {
            "asked": plain(FavourAsk.objects.filter(_mine(person)).order_by("id").values(*_ASKED)),
            "brought": plain(Brought.objects.filter(_mine(person)).order_by("id").values("at", "measured", "withdrawn_at")),
        },
        erase=_erase_asks,
        overview=overview_of(FavourAsk, "asked_at"),
    ),
)  # fmt: skip
KINDS = (
    Kind(
        key="occasions",
        title=Words("关系日历", "Relationship calendar"),
        help=Words("到期的日子与处理情况删除", "occasions older than that are deleted, with what became of them"),
        count=lambda before: Occasion.objects.filter(day__lt=before.date()).count(),
        remove=lambda before: Occasion.objects.filter(day__lt=before.date()).delete()[0],
        least_days=90,
        models=("care.Occasion",),
    ),
    Kind(
        key="favours",
        title=Words("小忙与推荐", "Favours and recommendations"),
        help=Words("到期的请求、结果与介绍来的人删除", "asks older than that are deleted, with what came of them and whom they brought"),
        count=lambda before: FavourAsk.objects.filter(asked_at__lt=before).count(),
        remove=lambda before: FavourAsk.objects.filter(asked_at__lt=before).delete()[1].get("care.FavourAsk", 0),
        least_days=REST.days,
        models=("care.FavourAsk", "care.Brought"),
    ),
)  # fmt: skip
