"""Points and levels in conditions: which programme is meant, who may ask, and that no level goes by itself."""

from __future__ import annotations

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.loyalty.levels import Rung, bar, save_level
from qunyu.loyalty.models import Level, Programme
from qunyu.loyalty.posting import Act, earn
from qunyu.loyalty.programmes import save_programme
from qunyu.loyalty.rules.levels import BAR_KINDS
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.segments.conditions import Speaker
from qunyu.segments.files import from_file, to_file
from qunyu.segments.offer import offered
from tests.deployment_fixtures import NOW, AddStaff
from tests.segments.conftest import Names, identity
from tests.segments.test_keeping import made, refused


@pytest.fixture
def second(world: Unit, south: Unit, system: Scope) -> Programme:
    """A programme of 华南店's own, in which Ann has 6 points."""
    told = {"name": "跑友会", "currency": "步", "starts_on": NOW.date()}
    programme = save_programme(by=system, unit=south, now=NOW, told=told)
    act = Act(system.actor, NOW, "give", "test-second", reason="试")
    earn(programme, identity("Ann").own_member_id, 6, act)
    return programme


def test_of_several_programmes_each_has_its_own_name(
    system: Scope, world: Unit, staff: AddStaff, who: Names, second: Programme
) -> None:
    said = refused("unknown_segment_field", Speaker(system).from_text, "积分 > 3")
    assert all(name in said for name in ("积分 跑友会", "积分 茶友会"))
    assert (who("积分 跑友会 > 3"), who("points 茶友会 > 3")) == ({"Ann"}, {"Mei"})
    east, south = (scope_of(staff(name, "admin", unit)) for name, unit in (("e", world), ("s", second.unit)))
    assert who("积分 茶友会 > 3", east) == {"Mei"}
    assert who("积分 跑友会 > 3", south) == {"Ann"}
    for scope, name in ((east, "跑友会"), (south, "茶友会")):
        assert refused("unknown_segment_field", Speaker(scope).from_text, f"积分 {name} > 3")


def test_codes_outlive_the_names(system: Scope, world: Unit, south: Unit) -> None:
    """What was written of the only programme means the same one when there is another."""
    segment = made(system, world, "金卡", "等级 是 金 且 积分 > 3")
    assert from_file(Speaker(system), to_file(Speaker(system), segment)).condition == Speaker(system).from_json(
        segment.condition
    )
    save_programme(by=system, unit=south, now=NOW, told={"name": "跑友会", "currency": "步"})
    speaker = Speaker(system)
    assert speaker.text(speaker.from_json(segment.condition), "zh") == "等级 茶友会 是 金 且 积分 茶友会 > 3"


def test_the_builder_offers_them(world: Unit, system: Scope) -> None:
    programme = Programme.objects.get()
    fields = {each["key"]: each for each in offered(Speaker(system).vocabulary)["fields"]}
    assert fields[f"points.{programme.public_id}"]["kind"] == "number"
    level = fields[f"level.{programme.public_id}"]
    assert [name for _, name in level["options"]] == ["银", "金"]
    assert [name for _, name in fields["consent.marketing"]["options"]] == ["同意", "拒绝", "撤回"]
    assert {"satisfaction", "opinion_score"} <= fields.keys()


def test_no_level_goes_by_itself(world: Unit, system: Scope) -> None:
    """A bar could close a circle by a segment or a tag alone: none can be one."""
    assert set(BAR_KINDS) == {"points_year", "spent_year", "spent_ever", "orders", "tier", "months"}
    programme, level = Programme.objects.get(), Level.objects.get(name="金")
    for kind in ("segment", "tag", "level"):
        with pytest.raises(DomainError) as caught:
            save_level(by=system, programme=programme, level=level, rung=Rung("金", [bar(kind, 1)]), now=NOW)
        assert caught.value.code == "bad_level"
    level.refresh_from_db()
    assert level.bars == []
