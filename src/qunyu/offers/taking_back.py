"""Taking back: a giving that was a mistake, while nobody can have had it for long."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.contacting import REGRET, take_back_many
from qunyu.offers.actions import FEATURE, require_giving
from qunyu.offers.models import Given, Giving, Offer
from qunyu.offers.queries import find_giving

KEPT = Words("给出一小时后不能再撤回：对方可能已经收到", "what was given an hour ago stays: people may have had it")
NOTED = Words(
    "已有 {n} 人的联系记录改过或写了结果，对方可能已经收到，不能整批撤回；给出的人可以在成员页上逐个撤回其余的人",
    "the contacts of {n} people were changed or have a result, so they may have had it and the giving stays; whoever gave it can take the others back on their pages",
)


def still_open(giving: Giving, now: datetime) -> bool:
    """Whether it was given no longer than an hour ago."""
    return now - giving.at <= REGRET


@transaction.atomic
def take_back_giving(*, by: Scope, giving: Giving, now: datetime) -> int:
    """Undoes a giving for good: its people, its lot, and the places its contacts took under the cap; how many people it had been given to.

    Raises Denied unless `by` may give the offer; DomainError unknown_giving where it is taken back already, giving_kept after an hour, or
    where one of the contacts was changed since or has a result.
    """
    offer = giving.offer
    require_giving(by, offer)
    # As giving does: nobody is asked about what is just being taken back, and it is taken back once.
    list(Offer.objects.select_for_update().filter(kind=offer.kind).order_by("pk"))
    giving = find_giving(offer, giving.public_id)
    if not still_open(giving, now):
        raise DomainError("giving_kept", KEPT)
    people = Given.objects.filter(giving=giving, held=False)
    # The contacts first, as where one of them is taken back alone: two at once then never wait for one another.
    happened = take_back_many(members=people.values("member"), feature=FEATURE, at=giving.at)
    if happened:
        raise DomainError("giving_kept", NOTED.fill(n=happened))
    count = people.count()
    data = {"people": count, "segment": giving.segment_id}
    audit.record(by=by.actor, action="offer.take_back", kind="offer", id=offer.pk, now=now, **data)
    giving.delete()
    return count
