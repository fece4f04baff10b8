"""DiscordChatExporter, HTML: one channel or thread a page, read group by group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import BinaryIO

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qunyu.events.discord import Line, Place, content_of_file, place_named, system_line, time_of_id
from qunyu.events.files import LINE_BYTES, File
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.kernel.words import Words

# Text of members is escaped, so that this can only stand where the exporter wrote it.
_GROUP = re.compile(rb'<div class="?chatlog__message-group')
_ENTRY = re.compile(r'<div class="?preamble__entry"?>\s*(.*?)\s*</div>', re.DOTALL)
_POSTAMBLE = re.compile(r'<div class="?postamble')
_BLOCK = 1 << 16
_IDS = re.compile(r"\d{15,20}")
_AUTHOR = ".chatlog__author, .chatlog__author-name, .chatlog__system-notification-author"
_CONTENT = ".chatlog__content, .chatlog__system-notification-content"
_DROPPED = ".chatlog__edited-timestamp, .chatlog__reply, .chatlog__reference, script, style"


@dataclass(frozen=True)
class Author:
    """Who wrote a group of messages."""

    id: str = ""
    name: str = ""
    bot: bool = False


def recognise(file: File, options: ReadOptions) -> float:
    """Certain when the style sheet or the page has the exporter's own class names."""
    head = file.head_text
    if "<" not in head or "chatlog" not in head:
        return 0.0
    return 1.0 if "chatlog__message" in head and "preamble__" in head else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """Times are those of the message ids: what the page shows is in the exporter's zone and language, to the minute.

    Source: Discord developer documentation, Snowflakes. A group without message ids (exports of 2018) gives a problem.
    """
    with file.open() as stream:
        preamble, groups = _split(stream)
        place = _place(file, preamble, options)
        html = preamble
        for group in groups:
            html = group.decode("utf-8", "replace")
            yield from _records(html, place, Problem("not_a_record", file.name, 0, {"format": "Discord HTML"}))
    if "</body>" not in html and not _POSTAMBLE.search(html):
        yield Problem("truncated", file.name, 0, {"reason": "</html>"})


def _split(stream: BinaryIO) -> tuple[str, Iterator[bytes]]:
    """What stands before the first group, and the groups, each with what follows it."""
    pieces = _pieces(stream)
    return next(pieces, b"").decode("utf-8", "replace"), pieces


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The page cut before every group, and within a group above LINE_BYTES, which no exporter writes."""
    held = b""
    while block := stream.read(_BLOCK):
        held += block
        starts = [found.start() for found in _GROUP.finditer(held)]
        for begin, end in zip([0, *starts], starts, strict=False):
            yield held[begin:end]
        held = held[starts[-1] :] if starts else held
        if len(held) > LINE_BYTES:
            yield held
            held = b""
    yield held


def _place(file: File, preamble: str, options: ReadOptions) -> Place:
    """The file's name has the channel's id; the page only names: the guild, and "category / channel / thread"."""
    named = place_named(file.name, options.community)
    entries = [unescape(each) for each in _ENTRY.findall(preamble)]
    if len(entries) < 2:
        return named
    path = entries[1].split(" / ")
    name = " / ".join([entries[0], *path[1:]] if len(path) > 1 else [entries[0], *path])
    return Place(named.key if named.key.isdigit() else name, name)


def _records(html: str, place: Place, problem: Problem) -> Iterator[Record | Problem]:
    page = LexborHTMLParser(html)
    author = Author()
    messages = page.css("[data-message-id]")
    group = page.css_first(_AUTHOR)
    if group is not None:
        author = _author(group, page)
    if not messages and group is not None:
        yield problem
    for message in messages:
        own = message.css_first(_AUTHOR)
        author = _author(own, message) if own is not None else author
        record = _record(message, author, place)
        yield problem if record is None else record


def _author(node: LexborNode, around: LexborNode | LexborHTMLParser) -> Author:
    bot = around.css_first(".chatlog__author-tag, .chatlog__bot-label, .chatlog__bot-tag") is not None
    return Author(node.attributes.get("data-user-id") or "", node.text(strip=True), bot)


def _record(message: LexborNode, author: Author, place: Place) -> Record | None:
    key = message.attributes.get("data-message-id") or ""
    at = time_of_id(key)
    if at is None:
        return None
    meta, text = _meta(message), _text(message)
    is_system = message.css_first(".chatlog__system-notification-content") is not None
    kind, who = (system_line(text) or Line("notice")) if is_system else Line("message")
    other = Author()
    if who:
        author, other = Author(name=who), author
    subject = _subject(message, text) if kind == "message" else ""
    shown = text if kind in ("message", "notice") else ""
    return Record(
        kind, at, place.key, place.name, author.id, author.name, shown, key, subject, other.id, other.name,
        author.bot, meta,
    )  # fmt: skip


def _text(message: LexborNode) -> str:
    """What was written: emoji as characters, lines kept."""
    for node in message.css(_DROPPED):
        node.decompose()
    content = message.css_first(_CONTENT)
    if content is None:
        return ""
    for image in content.css("img"):
        image.replace_with(image.attributes.get("alt") or "")
    for line_end in content.css("br"):
        line_end.replace_with("\n")
    is_system = "system-notification" in (content.attributes.get("class") or "")
    text = content.text().strip()
    return " ".join(text.split()) if is_system else text


def _subject(message: LexborNode, text: str) -> str:
    attached = message.css_first(".chatlog__attachment")
    if attached is not None:
        return _attachment(attached)
    if message.css_first(".chatlog__sticker") is not None:
        return "sticker"
    is_address = text.startswith(("http://", "https://")) and len(text.split()) == 1
    embedded = message.css_first(".chatlog__embed") is not None
    return "link" if embedded and (not text or is_address) else "text"


def _attachment(attached: LexborNode) -> str:
    for selector, content in (("video", "video"), ("audio", "voice"), ("img", "image")):
        if attached.css_first(selector) is not None:
            return content
    link = attached.css_first("a")
    return content_of_file((link.text(strip=True) or link.attributes.get("href") or "") if link is not None else "")


def _meta(message: LexborNode) -> Mapping[str, object] | None:
    """The message answered, reactions by emoji, whether it was edited, how many files; None when nothing."""
    reply = message.css_first(".chatlog__reply-link, .chatlog__reference-link")
    ids = _IDS.findall((reply.attributes.get("onclick") or "") if reply is not None else "")
    meta = {
        "reply_to": ids[0] if ids else "",
        "reactions": dict(_reaction(node) for node in message.css(".chatlog__reaction")),
        "edited": message.css_first(".chatlog__content .chatlog__edited-timestamp") is not None,
        "files": len(message.css(".chatlog__attachment")),
    }
    return {key: value for key, value in meta.items() if value} or None


def _reaction(node: LexborNode) -> tuple[str, int]:
    emoji, count = node.css_first("img"), node.css_first(".chatlog__reaction-count")
    name = (emoji.attributes.get("alt") if emoji is not None else "") or node.attributes.get("title") or ""
    number = count.text(strip=True) if count is not None else ""
    return name, int(number) if number.isdecimal() else 1


_EXAMPLE = """<!DOCTYPE html><html lang=en><head><title>Tea House - green</title><style>.chatlog__message{display:grid}
</style></head><body><div class=preamble><div class=preamble__entries-container>
<div class=preamble__entry>Tea House</div><div class=preamble__entry>Rooms / green</div></div></div>
<div class="chatlog">
<div class=chatlog__message-group><div data-message-id=816000000000000000>
<span class=chatlog__system-notification-author title=mei data-user-id=700000000000000001>Mei</span>
<span class=chatlog__system-notification-content><span>joined the server.</span></span></div></div>
<div class=chatlog__message-group><div data-message-id=816000100000000000>
<div class=chatlog__header><span class=chatlog__author title=mei data-user-id=700000000000000001>Mei</span></div>
<div class="chatlog__content chatlog__markdown"><span class=chatlog__markdown-preserve>hello &lt;all&gt;</span>
</div></div>
<div data-message-id=816000200000000000>
<div class="chatlog__content chatlog__markdown"><span class=chatlog__markdown-preserve>again</span></div></div></div>
</div><div class=postamble><div class=postamble__entry>Exported 3 message(s)</div></div></body></html>
"""
READERS = (
    Reader(
        key="discord_html",
        platform="discord",
        title=Words("Discord 频道（DiscordChatExporter 网页）", "Discord channel (DiscordChatExporter HTML)"),
        recognise=recognise,
        read=read,
        example=Example("Tea House - Rooms - green.html", _EXAMPLE.encode(), {"message": 2, "joined": 1}),
    ),
)
