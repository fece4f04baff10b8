"""Consents: what somebody last said to a use of their data, purpose by purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.kernel.words import Words
from qunyu.privacy.consents import STATES, purposes
from qunyu.privacy.queries import last_said
from qunyu.segments.rules.vocabulary import FieldSpec
from qunyu.segments.source import Asking, Source, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.tree import Field

GROUP, PREFIX = Words("同意记录", "Consents"), "consent."


def fields(scope: Scope) -> list[FieldSpec]:
    """The last word on each purpose, retired ones too: what was said to them stays on record."""
    return [
        FieldSpec(
            f"{PREFIX}{key}", Words(f"同意 {name.zh}", f"consent {name.en}"), "choice", GROUP, tuple(STATES.items())
        )
        for key, name in purposes(scope).items()
    ]


def answer(asking: Asking, leaf: Field, spec: FieldSpec) -> Q:
    """The members of whom the condition is true."""
    return those(last_said(leaf.field.removeprefix(PREFIX), STATES if leaf.op == "known" else leaf.values))


SOURCE = Source(11, fields, answer=answer)
