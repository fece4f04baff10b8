"""Shapes: conditions as JSON, for the layers above."""

from __future__ import annotations

import json

from qunyu.kernel.errors import DomainError
from qunyu.segments.conditions import Condition, Speaker
from qunyu.segments.rules.checking import bad
from qunyu.segments.rules.shape import SHAPE, Json, to_json

MOST_BYTES = 100_000


def json_of(condition: Condition) -> Json:
    """The condition as plain values."""
    return to_json(condition)


def read_json(speaker: Speaker, text: str) -> Condition:
    """The condition that JSON writes.

    Raises DomainError, see Speaker.from_json.
    """
    return speaker.from_json(_loaded(text))


def _loaded(text: str) -> object:
    try:
        if len(text) > MOST_BYTES:
            raise DomainError("bad_condition", SHAPE)
        return json.loads(text)
    except (ValueError, RecursionError):
        raise bad(SHAPE) from None
