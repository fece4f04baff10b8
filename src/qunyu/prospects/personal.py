"""What the lists of prospects keep of people: their places on them, what was tried, who is to be left alone."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from qunyu.kernel.personal import Holder, Person, plain, scrub
from qunyu.kernel.words import Words
from qunyu.members.personal import overview_of
from qunyu.prospects.models import Attempt, Hold, Opening, Prospect, Worth

_TABLES: tuple[type[Model], ...] = (Prospect, Worth, Hold, Attempt)


def _count(person: Person) -> int:
    return sum(model._default_manager.filter(member__in=person.own).count() for model in _TABLES)


def _export(person: Person) -> object:
    def told(model: type[Model], *fields: str) -> object:
        return plain(model._default_manager.filter(member__in=person.own).order_by("id").values(*fields))

    return {
        "lists": told(Prospect, "run__at", "chance", "signals", "reason"),
        "worth": told(Worth, "run__at", "side", "orders", "revenue", "costs", "balance"),
        "left_alone": told(Hold, "until", "why", "at", "by_name", "ended_at"),
        "tried": told(Attempt, "at", "reason", "chance", "outcome", "by_name"),
    }


def _erase(person: Person) -> Mapping[str, int]:
    for model in _TABLES:
        model._default_manager.filter(member__in=person.own).delete()
    return {"elsewhere": scrub(Hold, ("why",), person) + scrub(Opening, ("text",), person)}


HOLDERS = (
    Holder(
        key="prospects",
        title=Words("可转化名单", "Prospects"),
        what=Words(
            "在名单上的位置、下单可能性与理由、带来与花费、联系结果与暂不联系",
            "places on lists with chances and reasons, what was brought and cost, what was tried, and wishes to be left alone",
        ),
        why=Words("找对的人，不打扰其他人", "speaking with whom it suits, leaving others in peace"),
        models=("prospects.Prospect", "prospects.Worth", "prospects.Hold", "prospects.Attempt"),
        count=_count,
        export=_export,
        erase=_erase,
        overview=overview_of(Attempt, "at"),
        stays=Words(
            "名单重算即替换；谁要暂不联系、试过什么须记得",
            "lists are replaced by the next; wishes to be left alone and what was tried must be remembered",
        ),
    ),
)
