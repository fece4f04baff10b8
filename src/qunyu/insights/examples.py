"""Examples: rows that the worked examples of several metrics begin with."""

from __future__ import annotations

from datetime import date

# In the column order of views.COLUMNS: a rating and a complaint of one community, and an answer to a survey that two of them count.
OPINIONS = (
    (1, date(2026, 3, 1), date(2026, 3, 2), 1, 7, "rating", 75, None),
    (1, date(2026, 3, 1), date(2026, 3, 2), 2, 7, "complaint", 0, None),
    (1, date(2026, 3, 1), date(2026, 3, 5), 3, 8, "survey", 90, 9),
    (2, date(2026, 3, 1), date(2026, 3, 5), 3, 8, "survey", 90, 9),
)
