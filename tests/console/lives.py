"""Long chats, made for pages that tell how communities fare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

BEGIN = date(2025, 12, 29)


def chat(days: int, messages: Callable[[int], int], names: str = "Mei Tom Lin Ann Bob Zoe Kai Fay") -> str:
    """A WhatsApp export of `messages(n)` messages on each day n from BEGIN on, by eight people in turn."""
    people = names.split()
    lines = [f'{BEGIN:%d/%m/%Y}, 08:00 - {people[0]} created group "x"']
    for number in range(days):
        day = BEGIN + timedelta(days=number)
        for place in range(messages(number)):
            who = people[(number + place) % len(people)]
            lines.append(
                f"{day:%d/%m/%Y}, {9 + place // 30:02d}:{place % 30 * 2:02d} - {who}: word {number} and {place}"
            )
    return "\n".join(lines) + "\n"
