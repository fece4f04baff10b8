"""WeChat chats exported by MemoTrace (留痕, formerly WeChatMsg): its CSV of two generations and its TXT.

Sources: exporter_csv.py, exporter_txt.py and message.py of LC044/WeChatMsg and its forks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from qunyu.events import wechat_lines
from qunyu.events.contents import subject_before, subject_named
from qunyu.events.csv_rows import csv_rows, header_of
from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.events.wall_clock import read_time, time_problem
from qunyu.kernel.words import Words

OLD = ("localId", "TalkerId", "Type", "SubType", "IsSender", "CreateTime", "Status", "StrContent", "StrTime")
OLD_NAMES = ("Remark", "NickName", "Sender")
NEW = ("消息ID", "类型", "发送人", "时间", "内容")
WHOLE_ACCOUNT = "messages"
SYSTEM_NAMES = ("系统消息", "拍一拍")

_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})(?: (.*))?", re.ASCII)


def recognise_csv(file: File, options: ReadOptions) -> float:
    """Certain when the header is that of either generation."""
    header, _ = header_of(file)
    return 1.0 if tuple(header[: len(OLD)]) == OLD or tuple(header[: len(NEW)]) == NEW else 0.0


def read_csv(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """Old: numeric types, wxid in Sender, epoch in CreateTime; newer: types by name, display names only."""
    header, delimiter = header_of(file)
    rows = csv_rows(file, delimiter)
    old = tuple(header[: len(OLD)]) == OLD
    if not old and tuple(header[: len(NEW)]) != NEW:
        yield Problem("not_a_record", file.name, 1, {"format": "MemoTrace"})
        return
    community = options.community or community_of(file)
    for each in rows:
        if isinstance(each, Problem):
            yield each
            continue
        line, row = each
        if row[0].strip() == header[0]:
            continue
        yield from (_old if old else _new)(file, line, row, community, options.source_zone)


def community_of(file: File) -> str:
    """MemoTrace names files after the chat: 茶友群_utf8.csv, 茶友群.txt, 茶友群(1).csv."""
    return re.sub(r"(?:_utf8)?(?: ?\(\d{1,3}\))?$", "", file.stem) or file.stem


def _old(file: File, line: int, row: list[str], community: str, zone: ZoneInfo) -> Iterator[Record | Problem]:
    row += [""] * (len(OLD) + len(OLD_NAMES) - len(row))
    code, sub = _number(row[2]), _number(row[3])
    if len(row) > len(OLD) + len(OLD_NAMES) or code is None:
        yield Problem("not_a_record", file.name, line, {"format": "MemoTrace"})
        return
    at = read_time(row[5] if row[5].strip() else row[8], zone)
    if isinstance(at, str):
        yield time_problem(at, row[5], file.name, line)
        return
    text, (remark, name, wxid) = row[7], row[9:12]
    # The export of all chats at once is called so; only the internal number of its database tells them apart.
    community = f"{community} {row[1]}" if community == WHOLE_ACCOUNT else community
    if wechat_lines.is_system(code, sub or 0):
        yield from wechat_lines.records(text, at, (community, community), line)
        return
    # Media messages keep their XML in StrContent: no words of anybody.
    text = "" if code != 1 and text.lstrip().startswith("<") else text
    kind = wechat_lines.subject(code, sub or 0)
    yield Record("message", at, community, community, wxid, name or remark, text, "", kind, line=line)


def _new(file: File, line: int, row: list[str], community: str, zone: ZoneInfo) -> Iterator[Record | Problem]:
    if len(row) < len(NEW):
        yield Problem("not_a_record", file.name, line, {"format": "MemoTrace"})
        return
    message_id, kind, name, time, text = row[: len(NEW)]
    at = read_time(time, zone)
    if isinstance(at, str):
        yield time_problem(at, time, file.name, line)
    elif kind in SYSTEM_NAMES:
        yield from wechat_lines.records(text, at, (community, community), line, message_id)
    else:
        name = name or (row[6] if len(row) > 6 else "")
        subject = subject_named(kind) or "other"
        yield Record("message", at, community, community, "", name, text, message_id, subject, line=line)


def _number(text: str) -> int | None:
    try:
        return int(text or "0")
    except ValueError:
        return None


def recognise_txt(file: File, options: ReadOptions) -> float:
    """Likely when the file begins with "time name", times follow blank lines, and senders carry no QQ number."""
    lines = file.head_text.split("\n")[:400]
    stamps = [at for at, line in enumerate(lines) if _STAMP.fullmatch(line)]
    if not stamps or any(line.strip() for line in lines[: stamps[0]]):
        return 0.0
    apart = sum(1 for at in stamps if at == 0 or not lines[at - 1].strip())
    named = [found[2] for at in stamps if (found := _STAMP.fullmatch(lines[at])) and found[2]]
    numbered = sum(1 for name in named if re.search(r"\(\d{5,11}\)$|<[^<>]+>$", name))
    return 0.7 if apart >= 0.8 * len(stamps) and named and numbered * 2 < len(named) else 0.0


def read_txt(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """ "time name", then the text, then a blank line; grey lines have no name, or stand in the name's place alone."""
    problems: list[Problem] = []
    community = options.community or community_of(file)
    head: tuple[int, str, str] | None = None
    body: list[str] = []
    blank = True
    for number, line in file.lines(problems):
        yield from problems
        problems.clear()
        found = _STAMP.fullmatch(line) if blank else None
        if found:
            yield from _block(file, head, body, community, options.source_zone)
            head, body = (number, found[1], found[2] or ""), []
        elif head is None and line.strip():
            yield Problem("not_a_record", file.name, number, {"format": "MemoTrace TXT"})
        else:
            body.append(line)
        blank = not line.strip()
    yield from problems
    yield from _block(file, head, body, community, options.source_zone)


def _block(
    file: File, head: tuple[int, str, str] | None, body: list[str], community: str, zone: ZoneInfo
) -> Iterator[Record | Problem]:
    if head is None:
        return
    line, time, name = head
    at = read_time(time, zone)
    text = "\n".join(body).strip()
    if isinstance(at, str):
        yield time_problem(at, time, file.name, line)
    elif not name or not text:
        yield from wechat_lines.records(text or name, at, (community, community), line)
    else:
        yield Record("message", at, community, community, "", name, text, "", subject_before(text), line=line)


_OLD_CSV = """\ufeff{header}
1,7,1,0,0,1772328600,,早上好,2026-03-01 09:30:00,茶友小林,小林,wxid_invented0001
2,7,3,0,1,1772328660,,<msg><img /></msg>,2026-03-01 09:31:00,,阿青,wxid_invented0002
3,7,10000,0,0,1772328720,,"""  # the rest holds quotes
_OLD_EXAMPLE = (
    _OLD_CSV.format(header=",".join((*OLD, *OLD_NAMES)))
    + '"""小林""邀请""阿茶、阿壶""加入了群聊",2026-03-01 09:32:00,,,\n'
    + '4,7,10000,0,0,1772328780,,"""阿青"" 拍了拍 ""小林""",2026-03-01 09:33:00,,,\n'
)
_TXT_EXAMPLE = (
    "2026-03-01 09:30:00 小林\n早上好\n大家好\n\n2026-03-01 09:31:00 阿青\n[图片]\n\n"
    '2026-03-01 09:32:00 "小林"撤回了一条消息\n\n2026-03-01 09:33:00\n你将"阿壶"移出了群聊\n\n'
)
READERS = (
    Reader(
        key="wechat_memotrace_csv",
        platform="wechat",
        title=Words("微信 · 留痕（MemoTrace）导出的 CSV", "WeChat, MemoTrace CSV"),
        recognise=recognise_csv,
        read=read_csv,
        example=Example("茶友群_utf8.csv", _OLD_EXAMPLE.encode(), {"message": 2, "joined": 2, "notice": 1}),
    ),
    Reader(
        key="wechat_memotrace_txt",
        platform="wechat",
        title=Words("微信 · 留痕（MemoTrace）导出的 TXT", "WeChat, MemoTrace TXT"),
        recognise=recognise_txt,
        read=read_txt,
        example=Example("茶友群.txt", _TXT_EXAMPLE.encode(), {"message": 2, "recalled": 1, "left": 1}),
    ),
)
