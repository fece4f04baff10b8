"""A list of members that stays quick where there are millions: the page is found along an index, its figures are of its members alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity, Member, Membership
from qunyu.members.queries import Wanted, asked, members, memberships

# The one order that an index gives: who was last active stands first.
LATEST = "-last_at"
# Rows that are read beyond the page at first, and how many times as many whenever that was not enough.
AHEAD, MORE = 50, 4
# Of so few all figures are computed sooner than the index is walked to the end for them.
FEW = 1_000
# So many memberships are gone through for a count on every page; of more, so many people are counted.
QUICK, COUNTED = 100_000, 2_000


@dataclass
class Listed:
    """The members `scope` may see of those wanted, as `members` has them; `whole` is all of them in `order`, one of its columns ("-" for falling)."""

    scope: Scope
    wanted: Wanted
    whole: QuerySet[Member]
    order: str
    few: bool = False
    counted = COUNTED

    @property
    def quick(self) -> bool:
        """Whether counting them all takes no time to speak of."""
        last = Membership.objects.order_by("-pk").values_list("pk", flat=True).first()
        return last is None or last <= QUICK

    def count(self) -> int:
        """How many there are."""
        return self._people().count()

    def at_most(self, limit: int) -> int:
        """How many there are, or `limit` where there are as many or more."""
        found = self._people()[:limit].count()
        self.few = found < min(limit, FEW)
        return found

    def __getitem__(self, place: slice) -> list[Member]:
        if self.few or self.wanted.outside or self.order != LATEST:
            return list(self.whole[place])
        keys = self._latest(place.stop)[place]
        found = {each.pk: each for each in members(self.scope, self.wanted).filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def _people(self) -> QuerySet[Any, Any]:
        if self.wanted.outside:
            return self.whole.order_by().values("pk")
        return self._memberships().order_by().values("identity__member").distinct()

    def _memberships(self) -> QuerySet[Membership]:
        return memberships_wanted(self.scope, self.wanted)

    def _latest(self, upto: int) -> list[int]:
        """The primary keys of the first `upto`, the last active first, the greater key first of two at one moment."""
        rows = self._alone().order_by("-last_at").values_list("identity", "last_at")
        take = upto + AHEAD
        while True:
            read = list(rows[:take])
            every = len(read) < take
            last = self._last(dict(reversed(read)))
            # What was last active at the last moment read may go on behind it.
            settled = {key: at for key, at in last.items() if every or at > read[-1][1]}
            if every or len(settled) >= upto:
                return sorted(settled, key=lambda key: (settled[key], key), reverse=True)[:upto]
            take *= MORE

    def _last(self, read: Mapping[int, datetime]) -> dict[int, datetime]:
        """Identity -> moment, as member -> the latest of them."""
        heads = Identity.objects.filter(pk__in=list(read)).values_list("pk", "member")
        found: dict[int, datetime] = {}
        for identity, member in heads:
            found[member] = max(read[identity], found.get(member, read[identity]))
        return found

    def _alone(self) -> QuerySet[Membership]:
        """The memberships with nothing joined: the database then has no way but the index that gives their order."""
        here = Membership.objects.filter(Exists(self._memberships().filter(pk=OuterRef("pk"))))
        places = self.wanted.communities
        return here if places is None else here.filter(community__in=places)


def memberships_wanted(scope: Scope, wanted: Wanted) -> QuerySet[Membership]:
    """The memberships of which `members` speaks, of the same people."""
    of_people = asked(scope, wanted, member="identity__member__", identity="identity__", there=True)
    found = memberships(scope).filter(of_people, identity__member__erased=False)
    if wanted.communities is not None:
        found = found.filter(community__in=wanted.communities)
    return found.filter(left_at=None) if wanted.present else found
