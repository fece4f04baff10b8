"""Days of their own: what a field of the kind birthday that a unit made says recurs, such as a wedding day."""

from __future__ import annotations

from collections.abc import Iterator

from qunyu.care.kind import Found, Kind, Terms, Window
from qunyu.kernel.words import Words
from qunyu.members.recurring import falling, recurring_fields, tokens


def find(window: Window, _: Terms) -> Iterator[Found]:
    """Everybody of whom such a field names one of the days; each field is a subject of its own."""
    wanted = tokens(window.days)
    for key, zh, en, unit in recurring_fields():
        rows = falling(key, wanted, sealed=False).values_list("person", "recurs")
        for person, token in rows.iterator():
            yield Found(person, wanted[token], {"zh": zh, "en": en}, subject=key, unit=unit)


KIND = Kind(
    key="own_day",
    place=2,
    title=Words("自定义纪念日", "A day of their own"),
    help=Words("“生日”类型、未设为敏感的自定义字段，每年一次，如结婚纪念日", "fields of the kind birthday that units made, not sensitive ones: a wedding day"),
    icon="heart",
    find=find,
    of_person=True,
    why=lambda evidence: Words(str(evidence.get("zh", "")), str(evidence.get("en", ""))),
    needs="members.edit",
    openings={"": Words("{name}，今天是个值得记住的日子，祝你开心！", "{name}, today is a day to remember: enjoy it!")},
)  # fmt: skip
