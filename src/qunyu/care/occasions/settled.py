"""After a complaint: a week after it was settled, to hear whether all is well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qunyu.care.kind import Found, Kind, Window
from qunyu.kernel.words import Words
from qunyu.satisfaction.complaints import settled_within

DAYS = 7


def find(window: Window) -> Iterator[Found]:
    """Everybody whose complaint was settled so many days before."""
    for person, at in settled_within(window.moments("complaint__ended_at", DAYS)):
        yield Found(person, window.local(at) + timedelta(days=DAYS), {"days": DAYS})


KIND = Kind(
    key="settled",
    place=7,
    title=Words("投诉解决后回访", "After a complaint"),
    help=Words(f"投诉解决之后 {DAYS} 天", f"{DAYS} days after a complaint was settled"),
    icon="mood-check",
    find=find,
    why=lambda evidence: Words(f"投诉解决满 {evidence['days']} 天", f"{evidence['days']} days after a complaint was settled"),
    openings={"": Words("{name}，上次的事后来都好了吗？还有不满意的地方请告诉我。", "{name}, is everything all right since last time? Tell me if it is not.")},
)  # fmt: skip
