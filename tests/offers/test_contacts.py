"""Offers and the gate for contacts: whom an offer reaches one to one is contacted by it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from qunyu.communities.models import Community
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.contact_caps import change_caps
from qunyu.members.contacting import Touch, claim, take_back
from qunyu.members.contacts import edit_contact
from qunyu.members.leave import may_contact
from qunyu.members.models import Contact, Identity, Label, Member, Membership
from qunyu.members.quiet import keep_quiet
from qunyu.offers.actions import Plan, Terms, draw, give_offer, save_offer
from qunyu.offers.models import Given, Giving, Offer
from qunyu.offers.preferences import best_for
from qunyu.offers.taking_back import take_back_giving
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.segments.actions import add_segment
from qunyu.segments.conditions import Speaker
from qunyu.segments.models import Segment
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DIRECT, MOMENTS = Plan("direct"), Plan("moments")
SOLD = Touch("hand", "direct", "新茶到了", selling=True, at_leisure=True)
LIGHT = Touch("hand", "direct", "您好", at_leisure=True)


@pytest.fixture
def everybody(system: Scope, unit: Unit, tea: Community) -> Segment:
    """All who are in a community: Lin, Mei and 小茶."""
    condition = Speaker(system).from_text("in a community")
    return add_segment(by=system, unit=unit, name="在群的人", condition=condition, now=NOW)


@pytest.fixture
def gift(system: Scope, unit: Unit) -> Offer:
    return save_offer(by=system, unit=unit, offer=None, terms=Terms("礼盒", "gift"), now=NOW)


def member(name: str) -> Member:
    return Member.objects.get(name=name)


def left_out(system: Scope, offer: Offer, segment: Segment, plan: Plan) -> dict[str, int]:
    drawn = draw(by=system, offer=offer, segment=segment, plan=plan, seed="x", now=NOW)
    return {code: count for code, count in drawn.left_out.items() if count}


def test_the_quiet_list_and_the_caps_leave_out_one_to_one_and_not_in_a_group(
    system: Scope, everybody: Segment, gift: Offer
) -> None:
    keep_quiet(by=system, member=member("Mei"), reason="asked", now=NOW)
    claim(by=system, member=member("Lin"), touch=SOLD, now=NOW)
    for _ in range(2):
        claim(by=system, member=member("小茶"), touch=LIGHT, now=NOW)
    assert left_out(system, gift, everybody, DIRECT) == {"quiet": 1, "selling_cap": 1, "cap": 1}
    assert left_out(system, gift, everybody, Plan("other")) == {"quiet": 1, "selling_cap": 1, "cap": 1}
    # What stands in Moments or in a group is said to nobody in particular: it is no contact.
    for channel in ("moments", "group"):
        assert left_out(system, gift, everybody, Plan(channel)) == {}
    with pytest.raises(DomainError) as refused:
        give_offer(by=system, offer=gift, segment=everybody, plan=DIRECT, now=NOW)
    assert (refused.value.code, Giving.objects.count(), Contact.objects.count()) == ("nobody_to_give", 0, 3)


def test_giving_one_to_one_is_a_selling_contact_with_each(system: Scope, everybody: Segment, gift: Offer) -> None:
    give_offer(by=system, offer=gift, segment=everybody, plan=Plan("direct", 14, 34), now=NOW)
    given = set(Given.objects.filter(held=False).values_list("member", flat=True))
    rows = Contact.objects.values_list("member", "feature", "channel", "selling", "standing", "summary")
    assert {row[0] for row in rows} == given and len(rows) == len(given) == 2
    assert {row[1:] for row in rows} == {("offer", "direct", True, "planned", "礼盒")}
    # Another offer does not get past the cap, nor does anything else that sells.
    other = save_offer(by=system, unit=gift.unit, offer=None, terms=Terms("另一个", "gift"), now=NOW)
    assert left_out(system, other, everybody, DIRECT) == {"selling_cap": 2}
    assert AuditEntry.objects.get(action="offer.give").data["people"] == 2


def test_giving_in_a_group_claims_nothing(system: Scope, everybody: Segment, gift: Offer) -> None:
    assert give_offer(by=system, offer=gift, segment=everybody, plan=MOMENTS, now=NOW).given == 3
    assert not Contact.objects.exists()


def test_the_cap_of_the_strictest_unit_holds(
    system: Scope, unit: Unit, other_unit: Unit, everybody: Segment, gift: Offer
) -> None:
    change_caps(by=system, unit=other_unit, changes={"contact.selling_most": 0}, now=NOW)
    assert left_out(system, gift, everybody, DIRECT) == {}
    change_caps(by=system, unit=unit, changes={"contact.selling_most": 0}, now=NOW)
    assert left_out(system, gift, everybody, DIRECT) == {"selling_cap": 3}
    assert root_unit() not in (unit, other_unit)


def test_whom_somebody_else_was_faster_with_does_not_get_it(
    system: Scope, everybody: Segment, gift: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = may_contact

    def slow(*given: Any, **told: Any) -> Any:
        found = whole(*given, **told)
        if not Contact.objects.exists():
            monkeypatch.setattr("qunyu.members.contacting.may_contact", whole)
            claim(by=system, member=member("Mei"), touch=SOLD, now=NOW)
        return found

    monkeypatch.setattr("qunyu.members.contacting.may_contact", slow)
    made = give_offer(by=system, offer=gift, segment=everybody, plan=DIRECT, now=NOW)
    assert (made.given, made.left_out["selling_cap"], Contact.objects.count()) == (2, 1, 3)
    assert not Given.objects.filter(member=member("Mei")).exists()


def test_a_contact_taken_back_takes_its_offer_along(system: Scope, everybody: Segment, gift: Offer) -> None:
    made = give_offer(by=system, offer=gift, segment=everybody, plan=DIRECT, now=NOW)
    take_back(by=system, contact=Contact.objects.get(member=member("Lin")), now=NOW + timedelta(minutes=5))
    made.refresh_from_db()
    assert (made.given, Contact.objects.count()) == (2, 2)
    assert set(Given.objects.values_list("member__name", flat=True)) == {"Mei", "小茶"}


def test_nobody_is_proposed_an_offer_who_may_not_be_contacted(
    system: Scope, unit: Unit, gift: Offer, tea: Community
) -> None:
    mei = member("Mei")
    label = {"key": "user_type", "value": "loyal", "rule": 0, "figures": "{}", "since": date(2026, 3, 1)}
    Label.objects.create(unit_id=unit.pk, member=mei, **label)
    found = best_for(system, unit, mei, NOW)
    assert found is not None and found.offer == gift
    keep_quiet(by=system, member=mei, reason="asked", until=NOW.date() + 3 * DAY, now=NOW)
    assert best_for(system, unit, mei, NOW) is None
    assert best_for(system, unit, mei, NOW + 4 * DAY) is not None
    claim(by=system, member=mei, touch=SOLD, now=NOW + 4 * DAY)
    assert best_for(system, unit, mei, NOW + 4 * DAY) is None


def test_many_people_are_asked_of_in_as_few_statements_as_a_few(
    system: Scope, everybody: Segment, gift: Offer, django_assert_max_num_queries: Any
) -> None:
    def asked() -> int:
        with django_assert_max_num_queries(60) as seen:
            draw(by=system, offer=gift, segment=everybody, plan=DIRECT, seed="x", now=NOW)
        return len(seen)

    few = asked()
    tea = Community.objects.get()
    made = Member.objects.bulk_create([Member(name=f"P{number}") for number in range(3_000)])
    theirs = Identity.objects.bulk_create(
        [Identity(member=each, own_member=each, platform="qq", key=each.name, name=each.name) for each in made]
    )
    Membership.objects.bulk_create(
        [Membership(identity=each, community=tea, first_at=NOW, last_at=NOW) for each in theirs]
    )
    assert asked() == few


def test_a_giving_taken_back_leaves_nothing(system: Scope, everybody: Segment, gift: Offer) -> None:
    kept = give_offer(by=system, offer=gift, segment=everybody, plan=MOMENTS, now=NOW - 30 * DAY)
    claim(by=system, member=member("Mei"), touch=LIGHT, now=NOW)
    made = give_offer(by=system, offer=gift, segment=everybody, plan=Plan("direct", 14, 34), now=NOW)
    assert (Contact.objects.count(), made.given, made.held) == (3, 2, 1)
    assert take_back_giving(by=system, giving=made, now=NOW + timedelta(hours=1)) == 2
    assert (list(Giving.objects.all()), Contact.objects.get().feature) == ([kept], "hand")
    entry = AuditEntry.objects.get(action="offer.take_back")
    assert (entry.object_id, entry.data["people"]) == (str(gift.pk), 2)
    with pytest.raises(DomainError) as gone:
        take_back_giving(by=system, giving=Giving(offer=gift, public_id=made.public_id), now=NOW)
    assert (gone.value.code, AuditEntry.objects.filter(action="offer.take_back").count()) == ("unknown_giving", 1)
    assert give_offer(by=system, offer=gift, segment=everybody, plan=DIRECT, now=NOW).given == 3
    take_back_giving(by=system, giving=kept, now=kept.at)
    assert (Giving.objects.count(), Contact.objects.count()) == (1, 4)


def test_a_giving_stays_after_an_hour_and_once_somebody_had_it(
    system: Scope, unit: Unit, everybody: Segment, gift: Offer, staff: AddStaff
) -> None:
    made = give_offer(by=system, offer=gift, segment=everybody, plan=DIRECT, now=NOW)
    owner = scope_of(staff("owner", "owner", unit))
    analyst = scope_of(staff("analyst", "analyst", unit))
    with pytest.raises(Denied):
        take_back_giving(by=analyst, giving=made, now=NOW)
    for later in (timedelta(hours=1, seconds=1), DAY):
        with pytest.raises(DomainError) as refused:
            take_back_giving(by=system, giving=made, now=NOW + later)
        assert refused.value.code == "giving_kept"
    mei = Contact.objects.get(member__name="Mei")
    Contact.objects.filter(pk=mei.pk).update(edited_at=NOW)
    with pytest.raises(DomainError, match="已有 1 人") as noted:
        take_back_giving(by=system, giving=made, now=NOW)
    assert (noted.value.code, Given.objects.count(), Contact.objects.count()) == ("giving_kept", 3, 3)
    Contact.objects.filter(pk=mei.pk).update(edited_at=None)
    before = owner.may("orders.view") and owner.may("members.edit")
    assert before and take_back_giving(by=owner, giving=made, now=NOW) == 3
    assert not (Given.objects.exists() or Contact.objects.exists())


def test_a_contact_of_a_giving_that_is_gone_does_not_come_again(
    unit: Unit, everybody: Segment, gift: Offer, staff: AddStaff
) -> None:
    owner = scope_of(staff("owner", "owner", unit))
    made = give_offer(by=owner, offer=gift, segment=everybody, plan=DIRECT, now=NOW)
    offered = Contact.objects.all()[0]
    take_back_giving(by=owner, giving=made, now=NOW)
    for act in (take_back, partial(edit_contact, summary="来了")):
        with pytest.raises(DomainError) as late:
            act(by=owner, contact=offered, now=NOW)
        assert (late.value.code, Contact.objects.count()) == ("unknown_contact", 0)
