"""Own members: whom the packages above keep rows about (ADR 9), and whose rows a person's are."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from qunyu.members.models import Identity, Member


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
