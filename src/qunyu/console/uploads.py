"""Uploads: files given to an import that is not yet asked for, each upload in a folder of its own below QUNYU_DATA/imports."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.kernel.words import Words

# File systems allow 255 bytes; a number in front of the ending must still fit.
NAME_BYTES = 200
# Whoever has not started after this long will not come back; what they gave is personal data.
KEPT = timedelta(days=2)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


@dataclass(frozen=True)
class Upload:
    """What somebody (`staff`, an id) gave."""

    id: str
    staff: int

    @property
    def folder(self) -> Path:
        return _root() / self.id

    @property
    def given(self) -> Path:
        """Where the files lie."""
        return self.folder / "given"

    @property
    def files(self) -> list[Path]:
        """The files, in the order of their names."""
        return sorted(self.given.iterdir())


def keep(files: Iterable[UploadedFile[bytes]], staff: int, now: datetime) -> Upload:
    """Keeps the files under safe names of their own.

    Raises DomainError nothing_given.
    """
    forget_old(now)
    upload = Upload(new_public_id(), staff)
    upload.given.mkdir(parents=True)
    for file in files:
        _keep(file, upload.given)
    if not upload.files:
        discard(upload)
        raise DomainError("nothing_given", Words("请选择至少一个文件", "choose at least one file"))
    kept = {"staff": staff, "at": now.timestamp()}
    (upload.folder / "upload.json").write_text(json.dumps(kept))
    return upload


def _keep(file: UploadedFile[bytes], folder: Path) -> None:
    target = _free(folder, safe_name(file.name or ""))
    if isinstance(file, TemporaryUploadedFile):
        # It lies on the same disk already (FILE_UPLOAD_TEMP_DIR); Django does not mind that it is gone.
        shutil.move(file.temporary_file_path(), target)
        return
    with target.open("wb") as stream:
        for block in file.chunks():
            stream.write(block)


def safe_name(name: str) -> str:
    """The last part of a name, without what a file system or a page might misread; never empty and never hidden."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFC", last)).strip(". ")
    path = PurePosixPath(plain or "file")
    stem = path.stem.encode()[: NAME_BYTES - len(path.suffix.encode())].decode(errors="ignore")
    return (stem + path.suffix)[:NAME_BYTES]


def _free(folder: Path, name: str) -> Path:
    path, number = folder / name, 2
    while path.exists():
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    return path


def find(id: str, staff: int) -> Upload:
    """One's own upload that is not yet started.

    Raises DomainError unknown_upload.
    """
    path = _root() / id / "upload.json"
    if (
        len(id) == PUBLIC_ID_LENGTH
        and id.isalnum()
        and path.is_file()
        and json.loads(path.read_text())["staff"] == staff
    ):
        return Upload(id, staff)
    message = Words(
        "找不到这次上传；可能已经开始导入或已过期，请重新上传",
        "there is no such upload; it was started or is too old, upload again",
    )
    raise DomainError("unknown_upload", message, id=id)


def hand_over(upload: Upload) -> None:
    """The import has it now: it cannot be started again."""
    (upload.folder / "upload.json").unlink()


def discard(upload: Upload) -> None:
    """Removes the files for good."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def forget_old(now: datetime) -> None:
    """Removes what was uploaded long ago and never started."""
    for path in _waiting():
        kept = json.loads(path.read_text())
        if kept["at"] < (now - KEPT).timestamp():
            shutil.rmtree(path.parent, ignore_errors=True)


def _waiting() -> Iterator[Path]:
    return _root().glob("*/upload.json")


def _root() -> Path:
    return Path(settings.QUNYU_DATA) / "imports"
