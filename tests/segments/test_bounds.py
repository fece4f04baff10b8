"""Bounds: erased people stay out, snapshots and rules tell nobody more than they may know, and no condition ends the nightly job."""

from __future__ import annotations

from qunyu.kernel.scope import Scope
from qunyu.members.models import Tag
from qunyu.members.sets import heads
from qunyu.members.tag_rules import ahead
from qunyu.people.models import Unit
from tests.segments.conftest import Names, identity, person


def test_erased_people_are_found_by_nothing(world: Unit, system: Scope, who: Names) -> None:
    ann, bob, both = identity("Ann"), identity("Bob"), {"Ann", "Bob"}
    assert who("sent messages where (unit=华南店)") == both
    gone = person("Ann")
    gone.erased = True
    gone.save()
    assert who("sent messages where (unit=华南店)") == {"Bob"}
    assert (heads([ann.pk, bob.pk])[0].tolist(), ann.pk in heads(None)[0]) == ([bob.pk], False)
    assert ahead(Tag.objects.get(), [gone.pk, person("Bob").pk]).came == {person("Bob").pk}
