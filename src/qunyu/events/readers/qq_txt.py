"""QQ chats exported as text by the desktop client's message manager (消息管理器): one chat or the whole account.

Sources: samples in the tests and readmes of log painters and chat importers (docs/import-formats/qq.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qunyu.events import qq_lines
from qunyu.events.contents import subject_of
from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.events.wall_clock import read_time, time_problem
from qunyu.kernel.words import Words

TITLE = "消息记录"
RULE = "=" * 16

_HEAD = re.compile(r"(\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}(?: ?(?:[AP]M|上午|下午))?)(?:[ \t]+(\S.*))?", re.ASCII)
_GROUP = re.compile(r"消息(分组|对象|类型)[:：]\s*(.*)")
_MAILED = re.compile(r"(.*)<([^<>\s]+)>", re.DOTALL)
_TAG = re.compile(r"【[^【】]{1,20}】\s*(?=\S)")
_KNOWN_ID = re.compile(r"\(\d{5,11}\)$|<[^<>\s]+>$", re.ASCII)


@dataclass
class _Block:
    """The message being read: where it began, its time and sender as written, its text so far."""

    line: int
    time: str
    sender: str
    text: list[str] = field(default_factory=list)


def recognise(file: File, options: ReadOptions) -> float:
    """Certain by the header; likely when it was cut off but half of the senders carry a number or an address."""
    lines = [line.strip() for line in file.head_text.split("\n")[:400]]
    heads = [found for line in lines if (found := _HEAD.fullmatch(line))]
    if any(line.startswith(TITLE) for line in lines[:5]) and (heads or any(_GROUP.match(line) for line in lines)):
        return 1.0
    known = sum(1 for found in heads if found[2] and _KNOWN_ID.search(found[2]))
    first = next((line for line in lines if line), "")
    return 0.8 if known * 2 >= max(len(heads), 1) and _HEAD.fullmatch(first) else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """ "time sender" on a line of its own, the text below, a blank line; 消息对象 names the chat that follows."""
    problems: list[Problem] = []
    chat = qq_lines.person(options.community or file.stem)
    block: _Block | None = None
    spaced = _is_spaced(file)
    free = True
    for number, line in file.lines(problems):
        yield from problems
        problems.clear()
        text = line.strip()
        free = free or not spaced
        head = _HEAD.fullmatch(text) if free else None
        named = _GROUP.fullmatch(text) if free else None
        if head or named or (free and text.startswith(RULE)):
            yield from _records(file, block, chat, options)
            block = _Block(number, head[1], head[2] or "") if head else None
            chat = qq_lines.person(named[2]) if named and named[1] == "对象" and named[2] else chat
        elif block:
            block.text.append(line)
        elif text and not text.startswith(TITLE):
            yield Problem("not_a_record", file.name, number, {"format": "QQ TXT"})
        free = not text or block is None
    yield from problems
    yield from _records(file, block, chat, options)


def _is_spaced(file: File) -> bool:
    """Whether most messages follow a blank line, as QQ writes them: a time within a text is then no new message."""
    lines = [line.strip() for line in file.head_text.split("\n")]
    before = [lines[at - 1] if at else "" for at, line in enumerate(lines) if _HEAD.fullmatch(line)]
    return sum(1 for line in before if not line or line.startswith(RULE)) * 2 >= len(before)


def _records(
    file: File, block: _Block | None, chat: tuple[str, str], options: ReadOptions
) -> Iterator[Record | Problem]:
    if block is None:
        return
    at = read_time(block.time, options.source_zone)
    if isinstance(at, str):
        yield time_problem(at, block.time, file.name, block.line)
        return
    group = (chat[0] or chat[1], chat[1])
    text = "\n".join(block.text).strip()
    author, name = sender_of(block.sender)
    if author in qq_lines.SYSTEM_IDS or not name:
        yield from qq_lines.records(text, at, group, block.line)
        return
    author = "" if author == qq_lines.ANONYMOUS else author
    robot = qq_lines.is_robot(author)
    yield Record("message", at, *group, author, name, text, "", subject_of(text), bot=robot, line=block.line)


def sender_of(text: str) -> tuple[str, str]:
    """(id, name) of "【level】name(12345)" or "name<mail>"; the id is empty when there is only a name."""
    if found := _MAILED.fullmatch(text):
        return found[2], _untagged(found[1]) or found[2]
    author, name = qq_lines.person(text)
    return author, _untagged(name) or author


def _untagged(name: str) -> str:
    """The name without the group's title for its bearer, 【管理员】 or 【潜水】; a name that is nothing else stays."""
    return _TAG.sub("", name.strip(), count=1) if name.lstrip().startswith("【") else name.strip()


_LINE = "=" * 64
_EXAMPLE = f"""消息记录（此消息记录为文本格式，不支持重新导入）

{_LINE}
消息分组:我的QQ群
{_LINE}
消息对象:茶友群
{_LINE}

2026-03-01 9:05:01 【管理员】小林(100001)
早上好
大家好

2026-03-01 12:00:01 阿青<qing@example.invalid>
[图片]

2026-03-01 12:00:30 系统消息(1000000)
阿壶加入本群。

{_LINE}
消息分组:我的QQ群
{_LINE}
消息对象:棋友群
{_LINE}

2026-03-02 20:00:00 【潜水】阿壶(100003)
[表情]

2026-03-02 20:00:09 系统消息(10000)
阿壶撤回了一条消息

"""
READERS = (
    Reader(
        key="qq_txt",
        platform="qq",
        title=Words("QQ 消息管理器导出的 TXT", "QQ message manager TXT"),
        recognise=recognise,
        read=read,
        example=Example("全部消息记录.txt", _EXAMPLE.encode(), {"message": 3, "joined": 1, "recalled": 1}),
    ),
)
