"""What care, offers and prospects keep of people, with words that name one of them; for the test of erasure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from qunyu.care import actions as care
from qunyu.care.asks import Result, Wish, ask_favour, note_result
from qunyu.care.models import Occasion
from qunyu.kernel.scope import Scope
from qunyu.members.models import Contact, Member
from qunyu.members.quiet import keep_quiet
from qunyu.offers.actions import Plan, Terms, give_offer, save_offer
from qunyu.offers.models import Given, Giving
from qunyu.people.queries import root_unit
from qunyu.prospects.actions import leave_alone
from qunyu.prospects.models import Attempt, Prospect, ProspectRun, Worth, WorthRun
from qunyu.prospects.openings import set_opening
from qunyu.segments.models import Segment

# Each holds the name somewhere once `plant` was there.
NAMED = {
    "care_favourask", "care_occasion", "care_opening", "members_quiet", "members_contact", "offers_offer", "offers_giving",
    "prospects_hold", "prospects_opening",
}  # fmt: skip
# And each of these a row of every person.
HELD = (Given, Prospect, Worth, Attempt)


def plant(scope: Scope, member: Member, about: str, now: datetime) -> None:
    """A favour, an occasion, an offer, places on lists, an attempt, and the wish to be left alone, all with the words `about`."""
    _care(scope, member, about, now)
    _offer(scope, member, about, now)
    _prospect(scope, member, about, now)
    # Last: from here on nobody contacts them.
    keep_quiet(by=scope, member=member, reason="other", note=about, now=now)


def _care(scope: Scope, member: Member, about: str, now: datetime) -> None:
    asked = ask_favour(by=scope, member=member, wish=Wish("feedback", about, passing=about), now=now)
    note_result(by=scope, ask=asked, result=Result("did", about, "word", about), now=now)
    told: dict[str, Any] = {"kind": "birthday", "day": now.date(), "due": now.date(), "seen_at": now}
    day = Occasion.objects.create(member=member, **told)
    care.leave_out(by=scope, occasion=day, reason=about, now=now)
    care.set_opening(by=scope, unit=root_unit(), kind="birthday", channel="direct", text=about, now=now)


def _offer(scope: Scope, member: Member, about: str, now: datetime) -> None:
    giving = Giving.objects.first()
    if giving is None:
        terms = Terms(about, "gift", products=(about,), note=about)
        offer = save_offer(by=scope, unit=root_unit(), offer=None, terms=terms, now=now)
        segment = Segment.objects.get()
        segment.name = about[:60]
        giving = give_offer(by=scope, offer=offer, segment=segment, plan=Plan("moments"), now=now)
    Given.objects.get_or_create(giving=giving, member=member)


def _prospect(scope: Scope, member: Member, about: str, now: datetime) -> None:
    unit = root_unit()
    run, _ = ProspectRun.objects.get_or_create(unit=unit, at=now, horizon=14, finished=True)
    Prospect.objects.create(run=run, member=member, rank=member.pk, signals=",asked,", reason="asked")
    weighed, _ = WorthRun.objects.get_or_create(unit=unit, at=now, finished=True)
    zeros = dict.fromkeys(
        ("orders", "revenue", "refunds", "brought", "brought_revenue", "contacts", "complaints", "points", "benefits", "days", "costs"), 0
    )  # fmt: skip
    Worth.objects.create(
        run=weighed, member=member, side="costs", place=member.pk, since=date(2026, 3, 1), balance=-5, **zeros
    )
    contact = Contact.objects.filter(member=member, feature="ask").get()
    tried: dict[str, Any] = {"reason": "asked", "outcome": "none", "by_name": "tests"}
    Attempt.objects.create(unit=unit, member=member, contact=contact, at=now, **tried)
    leave_alone(by=scope, unit=unit, member=member, until=now.date() + timedelta(days=9), why=about, now=now)
    set_opening(by=scope, unit=unit, key="asked", text=about, now=now)
