"""Segments: whoever is in another segment; the planner puts that one's condition in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunyu.kernel.words import Words
from qunyu.segments.kept import seen
from qunyu.segments.rules.vocabulary import FieldSpec
from qunyu.segments.source import Source

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

SEGMENT = "segment"


def fields(scope: Scope) -> list[FieldSpec]:
    """The segment, its values being those `scope` may see, archived ones too: what names them goes on working."""
    options = tuple((each.public_id, Words(each.name, each.name)) for each in seen(scope))
    return [FieldSpec(SEGMENT, Words("人群", "segment"), "segment", Words("人群", "Segments"), options)]


SOURCE = Source(12, fields)
