"""Against: whom an offer must not be given to, asked of the people at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from qunyu.kernel.words import Words
from qunyu.members.contacting import TO_MANY
from qunyu.members.leave import closed, reasons
from qunyu.members.own import PERSON
from qunyu.offers.kinds import find_kind
from qunyu.offers.models import Given, Giving, Offer

CHUNK = 5_000
_HAD = {
    "once": Words("已经得到过一次（此类只给一次）", "had one before (this kind is given once)"),
    "running": Words("上一次给出还没结束（给过或抽签留出）", "are in a giving of it whose days still run"),
}


def left_out_words() -> dict[str, Words]:
    """Why people are left out of a giving, by code: what members says of whom may be sold to, and what they had."""
    return reasons() | _HAD


def against(offer: Offer, members: Collection[int], channel: str, now: datetime) -> dict[str, set[int]]:
    """Of these people (primary keys), those who must not get it over the channel, by the code of why; everybody once, under the first."""
    found = closed(members, now, one_to_one=channel not in TO_MANY)
    return found | had(offer, set(members).difference(*found.values()), now)


def had(offer: Offer, members: Collection[int], now: datetime) -> dict[str, set[int]]:
    """Of these people, those who had it already: once where that is all, or in a giving whose days still run."""
    left, found = set(members), {}
    for code, rows in _had(offer, now):
        ordered = sorted(left)
        chunks = (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
        found[code] = {
            key for part in chunks for key in rows.filter(**{f"{PERSON}__in": part}).values_list(PERSON, flat=True)
        }
        left -= found[code]
    return found


def _had(offer: Offer, now: datetime) -> Iterator[tuple[str, QuerySet[Given]]]:
    if find_kind(offer.kind).once:
        yield "once", Given.objects.filter(held=False, giving__kind=offer.kind)
    running = [
        each.pk for each in Giving.objects.filter(offer=offer) if each.at <= now < each.at + timedelta(days=each.days)
    ]
    yield "running", Given.objects.filter(giving__in=running)
