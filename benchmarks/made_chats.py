"""Chat files of any size, made quickly: what a reader or an import is given to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 3600
NAMES = ("Lin", "Mei", "Tom", "阿青", "小林", "Olga", "José", "王掌柜", "Ann-Marie", "+49 151 5550")
PHRASES = (
    "Good morning!", "Which tea do you like?", "新到的岩茶怎么泡？", "谢谢老板", "Has the parcel arrived, anybody? Mine says tomorrow.",
    "https://tea.example/cold-brew", "哈哈哈哈", "到货了，今天晚上八点直播间见，老顾客有礼", "I’d take two boxes: one for me, one for my mother.", "收到", "👍",
    "The second steep is better than the first, try 95 degrees and no more than ten seconds.",
)  # fmt: skip


def write_chat_tables(folder: Path, messages: int) -> int:
    """Writes CSV tables in our own plain format, 100,000 messages each; how many files.

    Every file is one community of 1,500 people, a third of whom are in the next one too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = -(-messages // 100_000)
    for number in range(count):
        path = folder / f"tea-{number:03d}.csv"
        if not path.exists():
            path.write_text("".join(_table_rows(number, min(100_000, messages - number * 100_000))), encoding="utf-8")
    return count


def _table_rows(number: int, messages: int) -> Iterator[str]:
    random = Random(number)
    chance, step = random.random, YEAR / messages
    yield "time,community,community_name,author_id,author_name,text,kind,message_id\n"
    for place in range(messages):
        at = FIRST + timedelta(seconds=int(place * step))
        who = 1_000 * number + int(1_500 * chance() * chance())
        text = PHRASES[int(len(PHRASES) * chance())]
        yield f'{at:%Y-%m-%dT%H:%M:%SZ},c{number},Tea {number},u{who},{NAMES[who % 10]} {who},"{text} {place}",message,m{number}-{place}\n'


def write_whatsapp(path: Path, messages: int) -> int:
    """Writes one WhatsApp export (day first, 24 hours) with that many messages, a tenth of several lines, and notices between them; how many notices."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random, notices = Random(5), 1
    with path.open("w", encoding="utf-8") as file:
        file.write("01/01/2025, 00:00 - Messages and calls are end-to-end encrypted.\n")
        for place in range(messages):
            at = FIRST + timedelta(seconds=place * YEAR // messages)
            who = int(300 * random.random() * random.random())
            if place % 1_000 == 500:
                file.write(f"{at:%d/%m/%Y, %H:%M} - {NAMES[who % 10]} {who} left\n")
                notices += 1
            more = f"\n{random.choice(PHRASES)}" if random.random() < 0.1 else ""
            text = "<Media omitted>" if random.random() < 0.04 else random.choice(PHRASES)
            file.write(f"{at:%d/%m/%Y, %H:%M} - {NAMES[who % 10]} {who}: {text}{more}\n")
    return notices


def write_gitter(folder: Path, messages: int) -> None:
    """Writes tables in the shape of Gitter's room archives, 10,000 messages each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(-(-messages // 10_000)):
        random = Random(number)
        rows = (_gitter_row(random, number, place) for place in range(10_000, 0, -1))
        (folder / f"Town{number}.tsv").write_text("".join(rows), encoding="utf-8")


def _gitter_row(random: Random, number: int, place: int) -> str:
    at = FIRST + timedelta(seconds=place * 3_000)
    who = int(400 * random.random() * random.random())
    text = "\n".join(random.choice(PHRASES) for _ in range(1 + (random.random() < 0.2)))
    return f'{number:024x}\ttea/Town{number}\t{at:%Y-%m-%dT%H:%M:%S}.000Z\t{who:024x}\tuser{who}\t{number:08x}{place:016x}\t"{text}"\n'
