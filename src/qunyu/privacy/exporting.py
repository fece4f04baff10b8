"""Export: everything about one person as a ZIP of JSON with a page to read it, made by a job, gone after a week."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import transaction

from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.personal import Person, holders
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.words import Words
from qunyu.members.personal import person_of
from qunyu.privacy.erasing import whole
from qunyu.privacy.models import Request, RequestState
from qunyu.privacy.requests import claim, require_officer

KEPT = timedelta(days=7)
FOLDER = "exports"
TITLE = Words("个人信息副本", "A copy of your data")
MADE = Words("生成于 {at}", "made on {at}")
NOTHING = Words("没有", "nothing")


def file_of(request: Request) -> Path:
    """Where the export of a request lies."""
    return Path(settings.QUNYU_DATA) / FOLDER / f"{request.public_id}.zip"


def part_of(path: Path) -> Path:
    """Where an export lies while it is made."""
    return path.with_suffix(".part")


def begin(*, by: Scope, request: Request, now: datetime) -> None:
    """Lets a worker make the export that a request asks for.

    Raises Denied; DomainError request_ended.
    """
    load()
    require_officer(by)
    if request.kind != "export" or request.member is None:
        raise DomainError("request_ended", Words("这项请求不是导出", "this request asks for no export"))
    with transaction.atomic():
        claim(request, RequestState.WORKING)
        audit.record(by=by.actor, action="privacy.export", kind="privacy_request", id=request.pk, now=now)
        enqueue("privacy.export", key=request.public_id, request=request.pk)


def run(*, key: int, now: datetime) -> bool:
    """Makes the file of an export that was begun; whether there was one to make. Done again it makes the same file anew."""
    request = Request.objects.select_related("member").get(pk=key)
    if request.state != RequestState.WORKING or request.member is None:
        return False
    person = whole(person_of(request.member))
    found = {holder.key: holder.export(person) for holder in holders().values()}
    path = file_of(request)
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = part_of(path)
    write(waiting, found, now)
    waiting.rename(path)
    with transaction.atomic():
        # An erasure may have taken the person meanwhile.
        rows = Request.objects.filter(pk=key, state=RequestState.WORKING, member__isnull=False)
        done = rows.update(state=RequestState.DONE, done_at=now, expires_at=now + KEPT)
        if done:
            who = system_scope("export of a person’s data").actor
            audit.record(by=who, action="privacy.exported", kind="privacy_request", id=key, now=now)
    if not done and not Request.objects.filter(pk=key, state=RequestState.DONE, expires_at__gt=now).exists():
        path.unlink(missing_ok=True)
    return bool(done)


def write(path: Path, found: Mapping[str, object], now: datetime) -> None:
    """Writes what holders told (key -> plain data) to a ZIP: one JSON file each, and an index to read in Chinese and English."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("index.html", _index(found, now))
        for key, told in found.items():
            file.writestr(f"{key}.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))


def copies_naming(person: Person) -> list[Path]:
    """The exports that lie there, whoever they are of, in which something names the person."""
    return [path for path in sorted((Path(settings.QUNYU_DATA) / FOLDER).glob("*.zip")) if _names(path, person)]


def _names(path: Path, person: Person) -> bool:
    with ZipFile(path) as file:
        texts = (file.read(name).decode() for name in file.namelist() if name.endswith(".json"))
        return any(person.without(text) != text for text in texts)


def _index(found: Mapping[str, object], now: datetime) -> str:
    parts = "".join(_part(key, told) for key, told in found.items())
    made = MADE.fill(at=f"{now:%Y-%m-%d %H:%M} UTC")
    return (
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{TITLE.zh} · {TITLE.en}</title><style>body{{font:16px/1.6 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}"
        "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f6fa;padding:1em;max-height:30em;overflow:auto}</style>"
        f"<h1>{TITLE.zh} · {TITLE.en}</h1><p>{made.zh} · {made.en}</p>{parts}</html>"
    )


def _part(key: str, told: object) -> str:
    holder = holders()[key]
    titles = f"{holder.title.zh} · {holder.title.en}"
    reasons = f"{holder.what.zh}。{holder.why.zh}。<br>{holder.what.en}; {holder.why.en}."
    text = json.dumps(told, ensure_ascii=False, indent=1, default=str) if told else f"{NOTHING.zh} · {NOTHING.en}"
    return f'<h2>{titles}</h2><p>{reasons}</p><p><a href="{key}.json">{key}.json</a></p><pre>{escape(text)}</pre>'


def download(*, by: Scope, request: Request, now: datetime) -> Path:
    """The file of a finished export; that it was taken is kept in the audit trail.

    Raises Denied; DomainError export_gone when there is none, or none any more.
    """
    load()
    require_officer(by)
    path = file_of(request)
    if (
        request.state != RequestState.DONE
        or request.expires_at is None
        or request.expires_at <= now
        or not path.is_file()
    ):
        raise DomainError("export_gone", Words("文件不存在或已过期；请重新导出", "the file is gone; export again"))
    with transaction.atomic():
        audit.record(by=by.actor, action="privacy.download", kind="privacy_request", id=request.pk, now=now)
    return path


def forget_old(now: datetime) -> int:
    """Removes the exports whose week is over, and what a crash left; how many files went."""
    folder = Path(settings.QUNYU_DATA) / FOLDER
    fresh = set(Request.objects.filter(expires_at__gt=now).values_list("public_id", flat=True))
    fresh |= set(Request.objects.filter(kind="export", state=RequestState.WORKING).values_list("public_id", flat=True))
    old = [path for path in folder.iterdir() if path.stem not in fresh] if folder.is_dir() else []
    for path in old:
        path.unlink()
    return len(old)
