"""Own members: whom the packages above keep rows about (ADR 9), and whose rows a person's are."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model, QuerySet

from qunyu.members.models import Identity, Member

Row = TypeVar("Row", bound=Model)
# Where the person stands to whom a row with a `member` belongs, whatever they were when it was written (ADR 9).
PERSON = "member__own_identity__member"


def identities() -> QuerySet[Identity]:
    """Every identity; what may be shown of them is for the caller to say."""
    return Identity.objects.all()


def own_members(member: int) -> list[int]:
    """The keys of the own members that a person is, in order."""
    return list(Identity.objects.filter(member=member).order_by("own_member").values_list("own_member", flat=True))


def heads_of(own: Collection[int]) -> dict[int, int]:
    """Own member -> the person they are now; those that are gone are missing. For no more than some hundred."""
    return dict(Identity.objects.filter(own_member__in=own).values_list("own_member", "member"))


def hold(people: Collection[int]) -> None:
    """Lets nobody else hold one of these people until the transaction ends; whoever asks meanwhile waits."""
    # In the order of their keys: two at once then never wait for one another. On SQLite the transaction itself keeps others out.
    list(Member.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))


def of_people(rows: QuerySet[Row], people: Collection[int] | None) -> QuerySet[Row]:
    """Those of `rows` that belong to these people (primary keys; None: to anybody), wherever they stand now."""
    known = {f"{PERSON}__isnull": False} if people is None else {f"{PERSON}__in": people}
    return rows.filter(**known)
