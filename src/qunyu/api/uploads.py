"""Uploads: files go to disk as they arrive, into the data folder, and stay until their import has ended."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils import timezone

from qunyu.events.queries import imports
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import system_scope
from qunyu.kernel.words import Words

# The longest name that the usual file systems take is 255 bytes.
NAME_BYTES = 200
_UNDER_WAY = ("waiting", "reading", "saving")
_YOUNG = timedelta(hours=1)


def folder() -> Path:
    """Where uploads lie: in the data folder, so that keeping one is a rename and not a second copy."""
    path = Path(settings.QUNYU_DATA) / "api-uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


class ArrivingFile(TemporaryUploadedFile):
    """A file that is written where it will stay; it goes with the request unless it is moved."""

    def __init__(self, name: str, content_type: str, charset: str | None, extra: Mapping[str, bytes] | None) -> None:
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=folder())  # noqa: SIM115 - closed with the request
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)  # type: ignore[arg-type]


class OntoDisk(TemporaryFileUploadHandler):
    """Writes every file to the uploads' folder; refuses a request above the limit before reading any of it."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Raises DomainError upload_too_large."""
        limit = settings.QUNYU_UPLOAD_LIMIT
        if content_length > limit:
            message = Words("一次最多上传 {n} MB；请分几次导入", "at most {n} MB at a time; import in several parts")
            raise DomainError("upload_too_large", message.fill(n=f"{limit / 1024**2:,.0f}"))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins a file."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = ArrivingFile(str(self.file_name), str(self.content_type), self.charset, self.content_type_extra)


def onto_disk(request: HttpRequest) -> None:
    """Makes the files of `request` go to disk; to be called before anything reads it."""
    if (request.content_type or "").startswith("multipart/"):
        request.upload_handlers = [OntoDisk(request)]


@contextmanager
def kept(files: Mapping[str, Sequence[UploadedFile[bytes]]]) -> Iterator[dict[str, tuple[str, ...]]]:
    """The paths of the files by the field they came in, moved to a folder of their own; gone again if the block raises.

    Raises DomainError duplicate_file for two files of one name, which readers could not tell apart.
    """
    home = folder() / new_public_id()
    home.mkdir()
    try:
        yield {field: tuple(_moved(each, home / field) for each in given) for field, given in files.items() if given}
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise


def _moved(file: UploadedFile[bytes], home: Path) -> str:
    home.mkdir(exist_ok=True)
    target = home / _short(file.name or "file")
    if target.exists():
        message = Words("有两个文件都叫“{name}”；请改名", "two files are called “{name}”; rename one")
        raise DomainError("duplicate_file", message.fill(name=target.name), field=home.name)
    file.flush()
    Path(file.temporary_file_path()).rename(target)  # type: ignore[attr-defined]
    return str(target)


def _short(name: str) -> str:
    """The name, its stem cut so that the whole fits a file system; the ending stays, formats are told by it."""
    ending = PurePosixPath(name).suffix.encode()[:20].decode(errors="ignore")
    stem = name.removesuffix(ending).encode()[: NAME_BYTES - len(ending.encode())].decode(errors="ignore")
    return stem + ending


def sweep(now: datetime) -> None:
    """Removes the uploads whose import has ended: their personal data would outlive an erasure."""
    used = {home.name for path in _paths_under_way() for home in Path(path).parents}
    for home in folder().iterdir():
        age = now.timestamp() - home.stat().st_mtime
        if home.is_dir() and home.name not in used and age > _YOUNG.total_seconds():
            shutil.rmtree(home, ignore_errors=True)


def _paths_under_way() -> Iterator[str]:
    asked = imports(system_scope("sweep of uploads")).filter(state__in=_UNDER_WAY).values_list("request", flat=True)
    for request in asked:
        for part in request.get("parts", ()):
            yield from part["paths"]


@contextmanager
def looked_at(file: UploadedFile[bytes]) -> Iterator[Path]:
    """Where one file lies while it is read; it is gone afterwards."""
    sweep(timezone.now())
    with kept({"file": [file]}) as paths:
        path = Path(paths["file"][0])
        try:
            yield path
        finally:
            shutil.rmtree(path.parent.parent, ignore_errors=True)
