"""Load limits: how much one operator should carry at most, set per unit and inherited (method.md O1)."""

from __future__ import annotations

from qunyu.kernel.words import Words
from qunyu.people.settings import Setting, Settings

LOAD_LIMITS = Settings(
    "load_limit",
    (
        Setting("load.communities", Words("每人最多社群数", "Communities per operator"), Words("个社群", "communities"), None, 1, 1_000, whole=True),
        Setting("load.members", Words("每人最多成员数", "Members per operator"), Words("名成员", "members"), None, 1, 1_000_000, whole=True),
    ),
)  # fmt: skip
