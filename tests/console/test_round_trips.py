"""Round trips: a list that the console exports is imported again as it is, in either language, and changes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qunyu.communities.duties import give_duty
from qunyu.communities.models import Community, Duty, WorkEntry
from qunyu.communities.work import Work, add_work
from qunyu.flows.opinion_table import check_tellings, take_opinions
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.offers.actions import Terms, save_offer
from qunyu.offers.models import Offer
from qunyu.people.models import Unit
from qunyu.privacy import consents
from qunyu.privacy.models import Consent
from qunyu.satisfaction import opinions
from qunyu.satisfaction.complaints import Done, handle
from qunyu.satisfaction.models import Opinion
from tests.deployment_fixtures import NOW, AddStaff

LATER = NOW.replace(minute=31, second=7, microsecond=123456)
LANGUAGES, KINDS = ("zh", "en"), ("csv", "xlsx")


@pytest.fixture(params=[(language, kind) for language in LANGUAGES for kind in KINDS], ids="-".join)
def way(request: Any) -> tuple[str, str]:
    return request.param  # type: ignore[no-any-return]


def file_of(boss: Client, address: str, way: tuple[str, str]) -> SimpleUploadedFile:
    """The list at `address` as it is exported without choosing any columns."""
    boss.post("/language", {"language": way[0]})
    response = boss.get(f"{address}?export={way[1]}")
    assert response.status_code == 200
    return SimpleUploadedFile(f"list.{way[1]}", b"".join(response))


def taken(boss: Client, address: str, file: SimpleUploadedFile) -> None:
    response = boss.post(address, {"file": file})
    assert response.status_code == 302, response.context["form"].errors


def test_consents(tea: Community, system: Scope, boss: Client, way: tuple[str, str]) -> None:
    mei = Member.objects.get(name="Mei")
    said = consents.Said("marketing", "granted", "chat", wording="v2", evidence="=说过")
    consents.note(by=system, members=[mei], said=said, at=LATER, now=LATER)
    taken(boss, "/members/consents/import", file_of(boss, "/members/consents", way))
    assert Consent.objects.count() == 1
    Consent.objects.all().delete()


def test_consents_that_are_gone_come_back_as_they_were(tea: Community, system: Scope, boss: Client) -> None:
    mei = Member.objects.get(name="Mei")
    said = consents.Said("marketing", "refused", "chat", wording="v2", evidence="=说过")
    consents.note(by=system, members=[mei], said=said, at=LATER, now=LATER)
    file = file_of(boss, "/members/consents", ("zh", "csv"))
    Consent.objects.all().delete()
    taken(boss, "/members/consents/import", file)
    found = Consent.objects.values_list("member__name", "purpose", "state", "wording", "evidence", "at").get()
    assert found == ("Mei", "marketing", "refused", "v2", "=说过", LATER.replace(microsecond=0))


def test_opinions(tea: Community, system: Scope, boss: Client, way: tuple[str, str]) -> None:
    mei = Member.objects.get(name="Mei")
    for said in (
        opinions.Said("rating", LATER, stars=4, text="-还行", about="A-1"),
        opinions.Said("complaint", LATER, text="茶凉了"),
    ):
        row = opinions.note(by=system, member=mei, said=said, now=LATER)
    for did, is_content in (("take", None), ("answer", None), ("settle", True)):
        handle(by=system, opinion=row, done=Done(did, "道歉", is_content), now=LATER)
    file = file_of(boss, "/satisfaction", way)
    tellings = check_tellings(by=system, name=str(file.name), data=file.read(), now=LATER)
    assert [each.problem for each in tellings] == [None, None]
    assert take_opinions(by=system, tellings=tellings, act="again", now=LATER) == 0
    Opinion.objects.all().delete()
    assert take_opinions(by=system, tellings=tellings, act="anew", now=LATER) == 2
    assert Opinion.objects.get(kind="rating").text == "-还行"


def test_duties_and_work(
    tea: Community, system: Scope, boss: Client, staff: AddStaff, unit: Unit, way: tuple[str, str]
) -> None:
    ann = staff("ann", "owner", unit)
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 2), 30, "answering", tea, "泡茶"), now=NOW)
    taken(boss, "/organisation/duties/import", file_of(boss, "/organisation/duties", way))
    taken(boss, "/organisation/work/import", file_of(boss, "/organisation/work", way))
    assert (Duty.objects.count(), WorkEntry.objects.count()) == (1, 1)


def test_offers(tea: Community, system: Scope, boss: Client, unit: Unit, way: tuple[str, str]) -> None:
    terms = Terms("礼盒", "gift", price=990, cost=400, note="限量", user_types=["loyal"])
    save_offer(by=system, unit=unit, offer=None, terms=terms, now=NOW)
    file = file_of(boss, "/offers", way)
    taken(boss, "/offers/import", file)
    before = list(Offer.objects.values_list("name", "kind", "price", "cost", "note", "user_types", "unit"))
    Offer.objects.all().delete()
    file.seek(0)
    taken(boss, "/offers/import", file)
    assert list(Offer.objects.values_list("name", "kind", "price", "cost", "note", "user_types", "unit")) == before
