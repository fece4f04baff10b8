"""Files: a segment as a file that another deployment, or a person, can read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.segments.conditions import Condition, Speaker
from qunyu.segments.rules.shape import to_json

if TYPE_CHECKING:
    from qunyu.segments.models import Segment

FORM = "qunyu-segment-1"
MOST_BYTES = 200_000
UNREADABLE = Words(
    "这不是人群文件；请选择从群域导出的 JSON，或写有条件的文本文件",
    "this is no segment file; choose JSON exported from Qunyu, or a text file with a condition",
)


@dataclass(frozen=True)
class Read:
    """What a file tells."""

    name: str
    note: str
    condition: Condition


def to_file(speaker: Speaker, segment: Segment) -> bytes:
    """The segment as JSON; its text says by name what the condition says by codes of this deployment.

    Raises DomainError where the condition uses what the speaker may not.
    """
    condition = speaker.from_json(segment.condition)
    texts = {language: speaker.text(condition, language) for language in LANGUAGES}
    told = {"form": FORM, "name": segment.name, "note": segment.note, "text": texts, "condition": to_json(condition)}
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def from_file(speaker: Speaker, data: bytes) -> Read:
    """What the file tells: by its text, whose names hold in any deployment.

    Raises DomainError bad_segment_file, and what reading a text raises.
    """
    if len(data) > MOST_BYTES:
        raise DomainError("bad_segment_file", UNREADABLE, field="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError("bad_segment_file", UNREADABLE, field="file") from None
    if not text.lstrip().startswith("{"):
        return Read("", "", speaker.from_text(text.strip()))
    try:
        told = json.loads(text)
        form, texts = told["form"], told["text"]
        name, note, written = str(told.get("name", "")), str(told.get("note", "")), str(texts["zh"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DomainError("bad_segment_file", UNREADABLE, field="file") from None
    if form != FORM:
        raise DomainError("bad_segment_file", UNREADABLE, field="file")
    return Read(name, note, speaker.from_text(written))
