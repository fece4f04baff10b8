"""After a complaint: some days after it was settled, to hear whether all is well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qunyu.care.kind import DAYS, Found, Kind, Terms, Window
from qunyu.kernel.words import Words
from qunyu.people.settings import Setting
from qunyu.satisfaction.complaints import settled_within

AFTER = Setting("care.settled.days", Words("解决后多少天", "Days after it was settled"), DAYS, 7, 1, 180, whole=True)


def find(window: Window, terms: Terms) -> Iterator[Found]:
    """Everybody whose complaint was settled so many days before."""
    days = terms.of(AFTER)
    for person, at in settled_within(window.moments("complaint__ended_at", days)):
        since = window.local(at)
        yield Found(person, since + timedelta(days=days), {"days": days, "since": since.isoformat()})


KIND = Kind(
    key="settled",
    place=7,
    title=Words("投诉解决后回访", "After a complaint"),
    help=Words("投诉解决之后 {days} 天", "{days} days after a complaint was settled"),
    icon="mood-check",
    find=find,
    settings=(AFTER,),
    of_person=True,
    why=lambda evidence: Words(f"投诉解决满 {evidence['days']} 天", f"{evidence['days']} days after a complaint was settled"),
    openings={"": Words("{name}，上次的事后来都好了吗？还有不满意的地方请告诉我。", "{name}, is everything all right since last time? Tell me if it is not.")},
)  # fmt: skip
