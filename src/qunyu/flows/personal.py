"""What the lake and the files of imports keep of people."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from qunyu.commerce.personal import tokens_of
from qunyu.events import actions as events
from qunyu.events.lake import cutting
from qunyu.events.lake.products import told_products
from qunyu.events.queries import given_files, wanted_files
from qunyu.flows import undoing
from qunyu.flows.place import GIVEN, forget_given, given_of, lake, place
from qunyu.flows.request import ImportRequest
from qunyu.kernel.personal import Holder, Kind, Person, plain
from qunyu.kernel.words import Words
from qunyu.members.personal import communities_of, names_of


def _count(person: Person) -> int:
    return cutting.facts_of(lake(), person.identities)


def _export(person: Person) -> object:
    return [_told(each) for each in plain(cutting.told_of(lake(), person.identities))]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A fact without what it does not tell, and without others: whom it calls by "@", quotes, or who a notice of the platform names."""
    own = row["kind"] in ("message", "action")
    told = {key: value for key, value in row.items() if value not in (None, "") and key != "meta"}
    if row["kind"] == "order":
        told["products"] = [each._asdict() for each in told_products(row["meta"])]
    if not own:
        told.pop("text", None)
    return {**told, "text": _CALLED.sub("@***", told["text"])} if "text" in told else told


_CALLED = re.compile(r"@[^\s\u2005@]+")


def _erase(person: Person) -> Mapping[str, int]:
    """Rewrites the months concerned, publishes them, and lets the files and log entries of before go."""
    here, now = place(), timezone.now()
    with here.lake.writing():
        undoing.settle(place=here, now=now)
        counts = cutting.erase(here.lake, _wanted(person))
        _forget_the_past()
    return counts


def _wanted(person: Person) -> cutting.Erased:
    return cutting.Erased(
        identities=person.identities,
        communities=communities_of(person),
        terms=person.terms,
        names=names_of(person),
        mend=person.without,
        numbers=tokens_of(person),
    )


def _forget_the_past() -> None:
    """To be called with the lake's pen."""
    here = place()
    events.publish(here.lake)
    here.lake.vacuum(hours=0)
    events.publish(here.lake)
    here.lake.forget_history()


def _erase_files(person: Person) -> Mapping[str, int]:
    """Files that were handed over for imports go, whoever is in them: those of imports that ended, and those nobody asked to import for an hour."""
    here = place()
    kept = _count_files(person)
    for request in given_files(ended_before=timezone.now()):
        forget_given(here.data, ImportRequest.from_json(request))
    for path in _forgotten(timezone.now() - timedelta(hours=1)):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return {"files": kept - _count_files(person)}


def _forgotten(before: datetime) -> Collection[Path]:
    folders = [place().data / name for name in (*GIVEN, "uploads")]
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    wanted = {path for each in wanted_files() for path in given_of(place().data, ImportRequest.from_json(each))}
    return [path for path in found if path not in wanted and path.stat().st_mtime < before.timestamp()]


def _count_files(person: Person) -> int:
    folders = [place().data / name for name in (*GIVEN, "uploads")]
    return sum(1 for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file())


def _cut_texts(before: datetime) -> int:
    here = place()
    with here.lake.writing():
        undoing.settle(place=here, now=timezone.now())
        cut = cutting.cut_texts(here.lake, timezone.localtime(before, here.zone).date())
        if cut:
            _forget_the_past()
    return cut


def _texts_before(before: datetime) -> int:
    return cutting.texts_before(lake(), timezone.localtime(before, place().zone).date())


HOLDERS = (
    Holder(
        key="facts",
        title=Words("聊天与行为记录", "What was said and done"),
        what=Words(
            "群聊消息原文、入群退群、订单及其商品等每一条记录",
            "texts of messages, joining and leaving, orders with their products, fact by fact",
        ),
        why=Words("计算各项指标、找出需要帮助的人", "figures, and finding who needs something"),
        models=(),
        count=_count,
        export=_export,
        erase=_erase,
        outside=True,
        stays=Words(
            "整条记录一删，过去的各项指标就变了；原文可设期限",
            "without the facts the figures of the past would change; the texts can have a period",
        ),
    ),
    Holder(
        key="given_files",
        title=Words("导入时上传的文件", "Files given for imports"),
        what=Words(
            "等待导入的聊天记录与表格原件", "chats and tables as they were handed over, until they are imported"
        ),
        why=Words("供导入读取", "to be read"),
        models=(),
        # Nobody can tell who is in them without reading them.
        count=lambda person: 0,
        export=lambda person: [],
        erase=_erase_files,
        outside=True,
        stays=Words("导入结束后自动删除", "they go by themselves when the import has ended"),
    ),
)
KINDS = (
    Kind(
        key="texts",
        title=Words("消息原文", "Texts of messages"),
        help=Words(
            "到期后原文从数据湖删除，条数与各项指标不变",
            "words older than that go out of the lake; counts and figures stay as they are",
        ),
        count=_texts_before,
        remove=_cut_texts,
        least_days=30,
    ),
)
