"""Complaints: what can be done about one in each state, and what it scores then."""

from __future__ import annotations

from qunyu.kernel.words import Words
from qunyu.satisfaction.rules.scores import COMPLAINT, SETTLED

STEPS: dict[str, Words] = {
    "take": Words("接手", "Take it on"),
    "answer": Words("已回复对方", "Answered them"),
    "settle": Words("已解决", "Settled"),
    "refuse": Words("不采纳", "Not accepted"),
    "reopen": Words("重新打开", "Open again"),
}
# State -> what can be done there, and the state it leads to.
_LEADS: dict[str, dict[str, str]] = {
    "new": {"take": "working", "answer": "working", "settle": "settled", "refuse": "refused"},
    "working": {"take": "working", "answer": "working", "settle": "settled", "refuse": "refused"},
    "settled": {"reopen": "working"},
    "refused": {"reopen": "working"},
}


def possible(state: str) -> tuple[str, ...]:
    """What can be done about a complaint in that state."""
    return tuple(_LEADS[state])


def after(state: str, did: str) -> str | None:
    """The state it leads to; None where it cannot be done."""
    return _LEADS[state].get(did)


def score(state: str, content: bool | None) -> int:
    """0 to 100: nothing, unless it was settled so that the person said they were content."""
    return SETTLED if state == "settled" and content else COMPLAINT
