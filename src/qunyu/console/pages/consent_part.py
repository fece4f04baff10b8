"""What a person's page shows of what they agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qunyu.privacy.consents import SOURCES, STATES, retired_purposes
from qunyu.privacy.requests import NEEDED

if TYPE_CHECKING:
    from qunyu.reports.life import Life


def consents_part(life: Life) -> dict[str, Any]:
    """Every purpose with what was said to it last, and all that was ever said."""
    known, said, retired = life.purposes, life.consents, retired_purposes()
    # Of two that are equally late whatever is no consent counts.
    ranked = sorted(said, key=lambda each: (each.at, each.state != "granted"))
    latest = {each.purpose: each for each in ranked}
    rows = [(words, latest[key], STATES[latest[key].state]) for key, words in known.items() if key in latest]
    return {
        "consents": rows,
        "consent_history": [(known.get(each.purpose, each.purpose), STATES[each.state], each) for each in said],
        "consent_purposes": [each for each in known.items() if each[0] not in retired or each[0] in latest],
        "consent_states": STATES.items(),
        "consent_sources": SOURCES.items(),
        "may_protect": life.scope.may(NEEDED),
    }
