"""Against: whom an offer must not be given to, asked of the people at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from qunyu.kernel.scope import system_scope
from qunyu.kernel.words import Words
from qunyu.members.queries import search_people
from qunyu.members.staff_links import links
from qunyu.offers.kinds import find_kind
from qunyu.offers.models import Given, Giving, Offer
from qunyu.privacy.queries import refusing
from qunyu.satisfaction.complaints import complaints

CHUNK = 5_000
HEAD = "member__own_identity__member"
LEFT_OUT = {
    "role": Words("运营人员、机器人、气氛组", "operators, bots, the atmosphere team"),
    "refused": Words("不同意营销联系", "do not want marketing contact"),
    "complaint": Words("有未结束的投诉", "have an open complaint"),
    "once": Words("已经得到过一次（此类只给一次）", "had one before (this kind is given once)"),
    "running": Words("上一次给出还没结束（给过或抽签留出）", "are in a giving of it whose days still run"),
}
# What speaks against any offer.
FOR_ALL = {"role", "refused", "complaint"}


def against(offer: Offer, members: Collection[int], now: datetime) -> dict[str, set[int]]:
    """Of these people (primary keys), those whom each of LEFT_OUT speaks of; everybody once, under the first that does."""
    left, found = set(members), {}
    for code, rows, path in _reasons(offer, now):
        ordered = sorted(left)
        chunks = (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
        gone = {key for chunk in chunks for key in rows.filter(**{f"{path}__in": chunk}).values_list(path, flat=True)}
        found[code] = gone | (links().keys() & left) if code == "role" else gone
        left -= found[code]
    return found


def _reasons(offer: Offer, now: datetime) -> Iterator[tuple[str, QuerySet[Any, Any], str]]:
    """Each reason, the rows that tell of it, and where the person stands in them."""
    whole = system_scope("offers")
    yield "role", search_people(whole).exclude(role="member"), "pk"
    yield "refused", refusing("marketing"), HEAD
    yield "complaint", complaints(whole, state="open").order_by(), HEAD
    if find_kind(offer.kind).once:
        yield "once", Given.objects.filter(held=False, giving__kind=offer.kind), HEAD
    running = [
        each.pk for each in Giving.objects.filter(offer=offer) if each.at <= now < each.at + timedelta(days=each.days)
    ]
    yield "running", Given.objects.filter(giving__in=running), HEAD
