"""Deadlines: within how many days requests about personal data are to be answered in this deployment."""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.actions import change_settings
from qunyu.people.queries import own_settings, root_unit

# PIPL art. 50 wants requests handled "in time"; GB/T 35273-2020, 8.7, names thirty days at most.
DUE_DAYS, MOST_DUE_DAYS = 15, 30
KEY, NEEDED = "privacy_due_days", "privacy.manage"
OUTSIDE = Words("请填写 1 到 {most} 之间的天数", "give 1 to {most} days")


def due_days() -> int:
    """Within how many days a request is due; the top unit's setting, DUE_DAYS where it has none."""
    return int(own_settings().get(root_unit().pk, {}).get(KEY, DUE_DAYS))


def set_due_days(*, by: Scope, days: int, now: datetime) -> bool:
    """Sets it for requests from now on; those written down keep their day. Whether that changed anything.

    Raises Denied; DomainError bad_days.
    """
    root = root_unit()
    by.require(NEEDED, root.pk)
    if not 1 <= days <= MOST_DUE_DAYS:
        raise DomainError("bad_days", OUTSIDE.fill(most=MOST_DUE_DAYS), field="due_days")
    if days == due_days():
        return False
    return change_settings(by=by, unit=root, changes={KEY: float(days)}, now=now, needed=NEEDED)
