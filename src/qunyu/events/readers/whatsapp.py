"""WhatsApp's "Export chat": one text file per chat, in the language and date style of the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from qunyu.events.chat_clock import ChatClock
from qunyu.events.files import File
from qunyu.events.headed_lines import blocks
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.events.whatsapp_contents import UNMARKED, content
from qunyu.events.whatsapp_dates import DATE, REST, TIME, head_of, survey
from qunyu.events.whatsapp_names import group_of, named_as_whatsapp, person, plain
from qunyu.events.whatsapp_notices import Change, changes
from qunyu.kernel.words import Words

MARK = "\u200e"
LOOK = 50
MOST_PEOPLE = 100_000
LONGEST_NAME = 120
# Heads that other programs write too: Signal's exporters, and logs of machines.
_SHARED = re.compile(r"\[\d{4}-\d\d-\d\d(?:, \d\d:\d\d| \d\d:\d\d:\d\d)\] |\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: -|:) ")


def recognise(file: File, options: ReadOptions) -> float:
    """By the head of the first line; a head that others write too counts only with a mark or a name of WhatsApp's."""
    lines = [line for line in file.head_text.split("\n", LOOK)[:LOOK] if line.strip()]
    named = named_as_whatsapp(file)
    if not lines or not (head := head_of(lines[0])) or not _is_talk(lines):
        return 0.0
    if _SHARED.match(plain(head.string)) and not named and MARK not in file.head_text:
        return 0.0
    return 1.0 if named else 0.9


def _is_talk(lines: list[str]) -> bool:
    rests = [head.group(REST) for line in lines if (head := head_of(line))]
    return any(": " in rest or changes(plain(rest)) for rest in rests)


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """A record per message; "A added B and C" gives one per person who came. Names are all there is: no author_id."""
    style = survey(file, options.columns.get("date_order", ""))
    if style.guessed:
        yield Problem("ambiguous_dates", file.name, 0, {"chosen": style.order})
    group = group_of(file) or options.community or file.stem
    talk, clock = _Talk(group), ChatClock(style.order, options.source_zone)
    problems: list[Problem] = []
    people = talk.people
    for line, head, more in blocks(file, style.heads, problems):
        if problems:
            yield from problems
            problems.clear()
        if head is None:
            yield Problem("not_a_record", file.name, line, {"format": "WhatsApp"})
            continue
        date, time, rest = head.group(DATE, TIME, REST)
        at = clock.at(date, time)
        if at is None:
            yield Problem("impossible_time", file.name, line, {"value": f"{date} {time}"})
            continue
        author, _, text = rest.partition(": ")
        who = people.get(author)
        if who is None or not _is_typed(text, more):
            yield from talk.records(line, at, rest, more)
            continue
        if more is not None:
            text = "\n".join((text, *more))
        yield Record("message", at, group, group, "", who, text, "", "text", "", "", False, None, line)
    yield from problems


def _is_typed(text: str, more: list[str] | None) -> bool:
    """Whether a message can only be what somebody typed; runs for every message, so it looks for signs alone."""
    if "<" in text or MARK in text or "://" in text or text[-1:] == ")" or text in UNMARKED:
        return False
    return more is None or ("<" not in more[-1] and bool(more[-1].strip()))


class _Talk:
    """One chat while it is read; `people` are the authors seen so far, as written and as they are called."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.people: dict[str, str] = {}

    def records(self, line: int, at: datetime, rest: str, more: list[str] | None) -> Iterator[Record]:
        """What one block holds, looked at with care."""
        author, colon, text = rest.partition(": ")
        if not colon and rest.endswith(":") and rest[:-1] in self.people:
            author, colon = rest[:-1], ":"
        who = self._author(author, rest) if colon else ""
        if not who:
            yield from self._notices(line, at, "\n".join((rest, *(more or ()))))
            return
        marked = text.startswith(MARK)
        found = content(text, more, MARK in text)
        if marked and found.subject == "text":
            if who == self.group or found.text.startswith(who) or changes(found.text):
                yield from self._notices(line, at, found.text)
                return
            found = found._replace(subject="other")
        subject, words, meta = found
        yield Record("message", at, self.group, self.group, "", who, words, "", subject, "", "", False, meta, line)

    def _author(self, author: str, rest: str) -> str:
        """The author's name; empty when the colon belongs to a sentence of the app, as in: Ann created group "A: B"."""
        if author in self.people:
            return self.people[author]
        who = "" if len(author) > LONGEST_NAME or _is_sentence(author, rest) else person(author)
        if len(self.people) >= MOST_PEOPLE:
            self.people.clear()
        if who:
            self.people[author] = who
        return who

    def _notices(self, line: int, at: datetime, sentence: str) -> Iterator[Record]:
        sentence = plain(sentence).strip()
        for kind, who, other, event, title in changes(sentence) or [Change("notice", "")]:
            meta: dict[str, object] = {"event": event} if event else {}
            if title:
                meta["title"] = title
            yield Record(
                kind, at, self.group, self.group, "", who, sentence, "", "", "", other, False, meta or None, line
            )


def _is_sentence(author: str, rest: str) -> bool:
    """Whether `rest` is about a group whose title, in quotation marks, holds the colon after `author`."""
    return any(quote in author for quote in '"“„「『') and any(each.title for each in changes(plain(rest)))


_EXAMPLE = """\
01/03/2026, 09:30 - Messages and calls are end-to-end encrypted.
01/03/2026, 09:30 - Lin created group "Tea lovers"
01/03/2026, 09:31 - Lin added Mei and Tom
01/03/2026, 09:32 - Mei: Good morning!
Which tea do you like?
13/03/2026, 21:05 - Tom: <Media omitted>
13/03/2026, 21:06 - Tom: This message was deleted
13/03/2026, 21:07 - Tom left
31/02/2026, 10:00 - Mei: on a day that never was
"""
READERS = (
    Reader(
        key="whatsapp",
        platform="whatsapp",
        title=Words("WhatsApp 导出的聊天记录（TXT）", "WhatsApp chat export (TXT)"),
        recognise=recognise,
        read=read,
        example=Example(
            "WhatsApp Chat with Tea lovers.txt",
            _EXAMPLE.encode(),
            {"notice": 2, "joined": 2, "message": 3, "left": 1, "problem": 1},
        ),
    ),
)
