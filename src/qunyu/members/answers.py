"""Answers: who is owed one, and how many of them what somebody wrote to us, or complained of, covers (ADR 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from qunyu.communities.duties import local_day
from qunyu.members.contact_caps import CAP_SETTINGS
from qunyu.members.contact_reasons import waiting
from qunyu.members.models import Contact, Identity, Standing
from qunyu.members.quiet import quiet_now

# So many answers one contact of theirs (or complaint) covers; of somebody who asked not to be contacted one.
COVERED, COVERED_WHEN_QUIET = 3, 1
_LONGEST = timedelta(days=CAP_SETTINGS["contact.answer_days"].most)


@dataclass(frozen=True)
class Owed:
    """Answers that somebody waits for: `most` of them to what they said at `since`, of which so many are `left`."""

    since: datetime
    most: int
    left: int


def owed(head: int, at: datetime, days: int, but: int | None = None) -> Owed | None:
    """What the person (primary key) waits for at a moment: they wrote within `days` days, or complained; None when for nothing.

    The contact `but` (primary key) is not counted as an answer.
    """
    wrote = _of(head).filter(direction="in", at__lte=at, at__gt=at - timedelta(days=days))
    last = wrote.order_by("-at").values_list("at", flat=True).first()
    since = max((each for each in (last, waiting([head], at).get(head)) if each is not None), default=None)
    if since is None:
        return None
    quiet = quiet_now([head], local_day(at)).get(head)
    most = COVERED_WHEN_QUIET if quiet is not None and quiet.reason == "asked" else COVERED
    given = _of(head).filter(standing=Standing.ANSWER, at__gte=since).exclude(pk=but or 0).count()
    return Owed(since, most, max(0, most - given))


def is_leant_on(contact: Contact) -> bool:
    """Whether answers lean on this contact of theirs: none of theirs lies between."""
    if contact.direction != "in":
        return False
    head = Identity.objects.values_list("member", flat=True).get(own_member=contact.member_id)
    theirs = _of(head).filter(direction="in", at__gt=contact.at).order_by("at").values_list("at", flat=True).first()
    until = min(theirs or contact.at + _LONGEST, contact.at + _LONGEST)
    return _of(head).filter(standing=Standing.ANSWER, at__gte=contact.at, at__lt=until).exists()


def _of(head: int) -> QuerySet[Contact]:
    return Contact.objects.filter(member__own_identity__member=head)
