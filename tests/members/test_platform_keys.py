"""Members by what platforms call them."""

import pytest

from qunyu.communities.models import Community
from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity
from qunyu.members.queries import members_by_platform_key
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import AddStaff, ImportFile

CHAT = """\
time,community,community_name,kind,message_id,author_id,author_name,text
2026-03-01T09:30:00+08:00,tea,Tea,message,1,wx_mei,Mei,hello
2026-03-01T09:31:00+08:00,tea,Tea,message,2,wx_tom,Tom,hello too
"""


@pytest.fixture
def tea_by_id(import_file: ImportFile, unit: Unit) -> None:
    """A group of `unit` in which everybody has a stable id."""
    import_file("tea.csv", CHAT, unit)


def test_stable_ids_lead_to_members(tea_by_id: None, system: Scope) -> None:
    found = members_by_platform_key(system)
    assert {key for _, key in found} == {"wx_mei", "wx_tom"}
    assert set(found.values()) == set(Identity.objects.values_list("member", flat=True))


def test_names_within_one_group_are_no_ids(tea: Community, system: Scope) -> None:
    assert members_by_platform_key(system) == {}


def test_only_where_members_may_be_seen(tea_by_id: None, staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    assert members_by_platform_key(Scope(Actor("staff", 1, "nobody"))) == {}
    assert members_by_platform_key(scope_of(staff("away", "owner", other_unit))) == {}
    assert members_by_platform_key(scope_of(staff("analyst", "analyst", unit))) == {}
    assert len(members_by_platform_key(scope_of(staff("owner", "owner", unit)))) == 2
