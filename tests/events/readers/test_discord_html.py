"""DiscordChatExporter HTML: groups, system lines, older markup, a real page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from qunyu.events.discord import time_of_id
from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import discord_html
from qunyu.events.readers.discord_html import READERS, read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import Record

PAGE = Path(__file__).parents[3] / ".." / "shared" / "data" / "exports" / "discord-html" / "ATHENS-GREECE.html"
TOP = (
    '<!DOCTYPE html><html><head><title>x</title><style>.chatlog__message{}</style></head><body><div class="preamble">'
    '<div class="preamble__entry">Tea &amp; Co</div><div class="preamble__entry">Rooms / green</div></div>'
    '<div class="chatlog">'
)
BOTTOM = '</div><div class="postamble"></div></body></html>'
AUTHOR = '<span class="chatlog__author" title="mei#1" data-user-id="71">Mei</span>'
ID = "816000100000000000"
SENT_AT = datetime(2021, 3, 1, 17, 33, 4, 388000, tzinfo=UTC)


def group(*messages: str) -> str:
    inner = "".join(
        f'<div class="chatlog__message-container" data-message-id="{int(ID) + (number << 32)}">{each}</div>'
        for number, each in enumerate(messages)
    )
    return f'<div class="chatlog__message-group">{inner}</div>'


def content(html: str) -> str:
    return (
        f'<div class="chatlog__content chatlog__markdown"><span class="chatlog__markdown-preserve">{html}</span></div>'
    )


def system(html: str) -> str:
    author = AUTHOR.replace("chatlog__author", "chatlog__system-notification-author")
    return f'{author}<span> </span><span class="chatlog__system-notification-content">\n {html}\n</span>'


def rows(*groups: str, name: str = "x.html", bottom: str = BOTTOM) -> list[Record | Problem]:
    return list(read(file_of_bytes(name, (TOP + "".join(groups) + bottom).encode()), ReadOptions()))


def one(html: str) -> Record:
    (row,) = rows(group(AUTHOR + html))
    assert isinstance(row, Record)
    return row


def test_a_group_has_one_author_and_times_come_from_ids() -> None:
    found = rows(group(AUTHOR + content("a &lt;b&gt;<br>c"), content("d")))
    assert found[0] == Record(
        "message", SENT_AT, "Tea & Co / green", "Tea & Co / green", "71", "Mei", "a <b>\nc", ID,
        "text",
    )  # fmt: skip
    assert isinstance(found[1], Record)
    assert (found[1].author_id, found[1].author_name, found[1].text) == ("71", "Mei", "d")


def test_the_file_name_gives_the_channels_id() -> None:
    (found,) = rows(group(AUTHOR + content("x")), name="Tea - Rooms - green [800000000000000002].html")
    assert isinstance(found, Record)
    assert (found.community, found.community_name) == ("800000000000000002", "Tea & Co / green")


@pytest.mark.parametrize(
    ("html", "kind", "author", "other"),
    [
        ("<span>joined the server.</span>", "joined", ("71", "Mei"), ("", "")),
        ("<span>added </span>\n<a>Tom</a>\n<span> to the group.</span>", "joined", ("", "Tom"), ("71", "Mei")),
        ("<span>removed </span><a>Tom</a><span> from the group.</span>", "left", ("", "Tom"), ("71", "Mei")),
        ("<span>left the group.</span>", "left", ("71", "Mei"), ("", "")),
        ("<span>started a thread.</span>", "notice", ("71", "Mei"), ("", "")),
        ("<span>did something new</span>", "notice", ("71", "Mei"), ("", "")),
    ],
)
def test_system_lines(html: str, kind: str, author: tuple[str, str], other: tuple[str, str]) -> None:
    (found,) = rows(group(system(html)))
    assert isinstance(found, Record)
    assert (found.kind, (found.author_id, found.author_name), (found.other_id, found.other_name)) == (
        kind,
        author,
        other,
    )


@pytest.mark.parametrize(
    ("html", "subject"),
    [
        ('<div class="chatlog__attachment"><a href="a.png"><img alt="Image attachment"></a></div>', "image"),
        ('<div class="chatlog__attachment"><video><source src="a.mp4"></video></div>', "video"),
        ('<div class="chatlog__attachment"><audio><source src="a.ogg"></audio></div>', "voice"),
        ('<div class="chatlog__attachment"><div><a href="x">a.pdf</a></div></div>', "file"),
        ('<div class="chatlog__sticker" title="cup"></div>', "sticker"),
        ('<div class="chatlog__embed">x</div>', "link"),
        (content("x") + '<div class="chatlog__embed">x</div>', "text"),
    ],
)
def test_content_types(html: str, subject: str) -> None:
    assert one(html).subject == subject


def test_reply_reactions_edit_bot_and_emoji() -> None:
    found = one(
        '<span class="chatlog__author-tag">BOT</span><div class="chatlog__reply">'
        '<span class="chatlog__reply-link" onclick="scrollToMessage(event,\'816000000000000000\')">old</span></div>'
        '<div class="chatlog__content"><span class="chatlog__markdown-preserve">tea '
        '<img class="chatlog__emoji" alt="🍵"></span><span class="chatlog__edited-timestamp">(edited)</span></div>'
        '<div class="chatlog__reaction" title="tea"><img alt="🍵"><span class="chatlog__reaction-count">3</span></div>'
    )
    assert (found.text, found.bot) == ("tea 🍵", True)
    assert found.meta == {"reply_to": "816000000000000000", "reactions": {"🍵": 3}, "edited": True}


def test_the_markup_of_2019() -> None:
    html = (
        '<div class="chatlog__message-group"><div class="chatlog__messages">'
        '<span class="chatlog__author-name" title="mei#1" data-user-id="71">Mei</span>'
        '<span class="chatlog__timestamp">25-Dec-19 09:14 PM</span>'
        f'<div class="chatlog__message" data-message-id="{ID}"><div class="chatlog__content">'
        '<span class="markdown">hello</span></div></div></div></div>'
    )
    (found,) = rows(html)
    assert isinstance(found, Record)
    assert (found.author_id, found.text, found.occurred_at) == ("71", "hello", time_of_id(ID))


def test_groups_are_found_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows(*(group(AUTHOR + content(f"{number}"), content("x")) for number in range(30)))
    monkeypatch.setattr(discord_html, "_BLOCK", 97)
    assert rows(*(group(AUTHOR + content(f"{number}"), content("x")) for number in range(30))) == whole
    assert [row.text for row in whole if isinstance(row, Record)][::2] == [str(number) for number in range(30)]


def test_cut_and_empty_pages() -> None:
    found = rows(group(AUTHOR + content("x")), bottom="")
    assert [type(row).__name__ for row in found] == ["Record", "Problem"]
    assert [row.code for row in found if isinstance(row, Problem)] == ["truncated"]
    assert rows() == []


def test_messages_without_ids_are_told() -> None:
    found = rows(f'<div class="chatlog__message-group">{AUTHOR}{content("x")}</div>')
    assert [row.code for row in found if isinstance(row, Problem)] == ["not_a_record"]


def test_a_real_page() -> None:
    if not PAGE.exists():
        pytest.skip("the shared Discord page is absent")
    file = File(PAGE.name, PAGE.stat().st_size, lambda: PAGE.open("rb"))
    assert recognise(file, ReadOptions()) is READERS[0]
    (found,) = list(read(file, ReadOptions()))
    assert isinstance(found, Record)
    # The page shows 8:35 p.m. and "UTC-5" at its foot, an hour off in summer time; the id knows better.
    assert found.occurred_at == datetime(2026, 3, 17, 0, 35, 36, 127000, tzinfo=UTC)
    assert (found.kind, found.message_id, found.subject, found.bot) == ("message", "1483262493466824775", "text", False)
    assert (found.author_id, found.author_name) == ("1483257991527661723", "PanosGR")
    assert found.community_name == "MeshCore / regional-channels / ATHENS-GREECE"
    assert found.text.endswith("https://meshcore.co.uk/map.html")
