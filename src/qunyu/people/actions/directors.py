"""Directors: whoever may manage the whole organisation; one is always left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.models import Grant, Unit

LAST = Words(
    "这是最后一位能管理整个组织的人；请先让另一位担任总负责",
    "this is the last person who may manage the whole organisation; make somebody else a director first",
)


@contextmanager
def a_director_stays() -> Iterator[None]:
    """Within a transaction: what is done inside may not take away the last director, not even together with somebody else.

    Raises DomainError last_director.
    """
    # Two directors who close each other's accounts at the same moment come one after the other.
    Unit.objects.select_for_update().get(parent=None)
    before = _is_there_one()
    yield
    if before and not _is_there_one():
        raise DomainError("last_director", LAST)


def _is_there_one() -> bool:
    grants = Grant.objects.filter(unit__parent=None, staff__is_active=True).select_related("role")
    return any("staff.manage" in each.role.held for each in grants)
