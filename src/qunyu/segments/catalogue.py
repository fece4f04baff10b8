"""Catalogue: everything that somebody may use in a condition, and the source that answers each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunyu.segments.places import options
from qunyu.segments.rules.vocabulary import FieldSpec, VerbSpec, Vocabulary
from qunyu.segments.source import Source, sources

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope


@dataclass(frozen=True)
class Catalogue:
    """`vocabulary` as `scope` may use it; `sources` by the key of a field or verb."""

    vocabulary: Vocabulary
    sources: dict[str, Source]


def catalogue(scope: Scope) -> Catalogue:
    """What `scope` may use. Of a key that two sources offer the first one's counts: nobody's own field hides one of ours.

    Raises Denied unless members.view holds anywhere.
    """
    scope.require("members.view")
    fields: dict[str, FieldSpec] = {}
    verbs: dict[str, VerbSpec] = {}
    refused: dict[str, str] = {}
    found: dict[str, Source] = {}
    narrow = scope.within("members.view")
    for source in _own_first():
        offered: list[FieldSpec | VerbSpec] = [*source.fields(scope), *source.verbs(scope)]
        for spec in offered:
            if spec.key in found or spec.key in refused:
                continue
            if spec.needs and not narrow.may(spec.needs):
                refused |= dict.fromkeys((spec.key, spec.title.zh, spec.title.en), spec.needs)
                continue
            found[spec.key] = source
            if isinstance(spec, FieldSpec):
                fields[spec.key] = spec
            else:
                verbs[spec.key] = spec
    return Catalogue(Vocabulary(fields, verbs, options(scope), refused), found)


def _own_first() -> list[Source]:
    """The profile, which people add fields to, comes last where keys are given away."""
    profile, *others = sources()
    return [*others, profile]
