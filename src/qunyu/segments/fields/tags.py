"""Tags: who carries one now, by hand, by an import or by a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.kernel.words import Words
from qunyu.members.sets import known_tags, tagged
from qunyu.segments.rules.vocabulary import FieldSpec
from qunyu.segments.source import Asking, Source, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.tree import Field

TAG = "tag"


def fields(scope: Scope) -> list[FieldSpec]:
    """The tag, its values being called group/tag."""
    options = tuple(
        (each.public_id, Words(name := f"{each.group.name}/{each.name}", name)) for each in known_tags(scope)
    )
    return [FieldSpec(TAG, Words("标签", "tag"), "tag", Words("标签", "Tags"), options)]


def answer(asking: Asking, leaf: Field, spec: FieldSpec) -> Q:
    """The members who carry one of the tags."""
    return those(tagged(leaf.values))


SOURCE = Source(3, fields, answer=answer)
