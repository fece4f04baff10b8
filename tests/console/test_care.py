"""The pages of the relationship calendar: the contact cap, occasions, asks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import change_caps
from qunyu.members.models import Contact, Member, Quiet
from qunyu.people.models import Unit, UnitSetting
from qunyu.people.queries import root_unit
from tests.console.conftest import read


@pytest.fixture
def mei(tea: Community, system: Scope) -> Member:
    """Mei of the community Tea lovers, in a deployment without quiet hours: these tests run at night too."""
    changes = {"contact.quiet_from": 0.0, "contact.quiet_to": 0.0}
    change_caps(by=system, unit=root_unit(), changes=changes, now=timezone.now())
    return Member.objects.get(name="Mei")


def test_the_cap_on_a_members_page(owner: Client, admin: Client, mei: Member) -> None:
    page = reverse("console:member_care", args=[mei.public_id])
    assert page in read(owner.get(reverse("console:member", args=[mei.public_id])))
    assert "现在可以联系" in read(owner.get(page, HTTP_HX_REQUEST="true"))
    reach = {"do": "reach", "channel": "direct", "summary": "最近好吗"}
    assert "须有 1 至" in read(owner.post(page, {**reach, "summary": ""}))
    assert "没有在等回复" in read(owner.post(page, {**reach, "answering": "yes"}))
    for _ in range(2):
        assert owner.post(page, reach).status_code == 302
    refused = owner.post(page, {**reach, "summary": "还要说一句"})
    assert refused.status_code == 400
    assert "7 天内已联系 2 次，上限 2 次" in read(refused)
    assert "还要说一句" in read(refused)
    assert 'name="passing"' not in read(admin.get(page))
    assert admin.post(page, {**reach, "passing": "急"}).status_code == 403
    assert owner.post(page, {**reach, "passing": "快递丢了"}).status_code == 302
    assert list(Contact.objects.order_by("pk").values_list("standing", flat=True)) == ["planned", "planned", "passed"]
    assert "破例联系" in read(owner.get(reverse("console:member", args=[mei.public_id]), {"source": "contacts"}))
    quiet = {"do": "quiet", "reason": "asked", "until": "2020-01-01", "note": "周末不要"}
    answer = owner.post(page, quiet)
    assert "日期须在今天之后" in read(answer)
    assert "周末不要" in read(answer)
    assert owner.post(page, {**quiet, "until": ""}).status_code == 302
    assert "请勿联系：对方要求不要联系" in read(owner.get(page))
    assert owner.post(page, {"do": "end_quiet"}).status_code == 302
    assert Quiet.objects.get().ended_at is not None


def test_the_caps_form(boss: Client, owner: Client, unit: Unit) -> None:
    page = reverse("console:contact_caps")
    assert "现在生效 2" in read(boss.get(page))
    answer = boss.post(page, {"unit": root_unit().public_id, "contact.most": "3", "contact.selling_most": "5"})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["contact.selling_most"]
    assert boss.post(page, {"unit": root_unit().public_id, "contact.most": "3"}).status_code == 302
    assert "contact.days" not in read(owner.get(page))
    assert "不能更松" in read(owner.post(page, {"unit": unit.public_id, "contact.most": "4"}))
    assert owner.post(page, {"unit": unit.public_id, "contact.most": "1"}).status_code == 302
    assert dict(UnitSetting.objects.values_list("unit", "value")) == {root_unit().pk: 3, unit.pk: 1}
