"""Lists that are no tables on their page, as files: acts of tagging, people who can help, requests about personal data."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.members.tagging import put
from qunyu.members.tags import add_group, add_tag
from qunyu.people.models import Unit
from qunyu.privacy.requests import Asked, open_request
from tests.deployment_fixtures import NOW


@pytest.fixture
def mei(tea: Community, unit: Unit, system: Scope) -> Member:
    """Mei, who carries a tag and asked for a copy of her data."""
    found = Member.objects.get(name="Mei")
    group = add_group(by=system, unit=unit, name="擅长", now=NOW)
    put(by=system, tag=add_tag(by=system, group=group, name="white tea", now=NOW), members=[found.pk], now=NOW)
    open_request(by=system, member=found, kind="export", asked=Asked(), now=NOW)
    return found


@pytest.mark.parametrize(
    ("address", "head", "cells"),
    [
        ("/members/tags/acts?", "时间,操作,标签组,标签", "2026-03-20 12:00:00,打上,擅长,white tea,,,1,"),
        ("/members/experts?q=white tea&", "成员,成员编号,标签", "Mei,{id},white tea,"),
        ("/settings/privacy?", "编号,请求,成员,成员编号", ",Mei,{id},"),
    ],
)
def test_it_comes_as_a_file(address: str, head: str, cells: str, mei: Member, boss: Client, owner: Client) -> None:
    response = boss.get(f"{address}export=csv")
    lines = b"".join(response).decode("utf-8-sig").splitlines()
    assert lines[0].startswith(head)
    assert any(cells.format(id=mei.public_id) in each for each in lines[1:])
    assert b"".join(boss.get(f"{address}export=xlsx")).startswith(b"PK")
    assert "export=csv" in boss.get(address.rstrip("?&")).content.decode()
    if "privacy" in address:
        assert owner.get(f"{address}export=csv").status_code == 403
