"""Actor: who does something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff person, an API token or the system itself (`id` 0, `reason` says why it acts)."""

    kind: Literal["staff", "token", "system"]
    id: int
    name: str
    reason: str = ""

    @property
    def key(self) -> str:
        """A short stable form for audit entries: staff:12, token:3, system:0."""
        return f"{self.kind}:{self.id}"


def system(reason: str) -> Actor:
    """The system as actor; `reason` says what it is doing."""
    return Actor("system", 0, "system", reason)
