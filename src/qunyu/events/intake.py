"""Intake: paths a person names become the Files of one import: folders walked, archives opened, tricks refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import count
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from qunyu.events.files import HEAD_BYTES, File
from qunyu.events.problems import Problem
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

# Chats compress about 10:1 and repeated lines 100:1; nothing honest unpacks to a thousand times its size.
MAX_RATIO = 1000
MAX_FILES = 200_000
MAX_BYTES = 200 * 1024**3
_SKIPPED = ("__MACOSX/", ".DS_Store", "Thumbs.db")
# One header of a tar may be this long (names, extended attributes); tarfile would read any length into memory.
MAX_HEADER = 16 * 1024 * 1024
_TAR_MAGIC: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ": lzma.open, b"BZh": bz2.open}
_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
# What an archive we opened may hold, and archives we cannot open. Tars have no magic in front.
_MAGIC = (*_TAR_MAGIC, b"PK\3\4", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_ENDINGS = frozenset((".zip", ".gz", ".tgz", ".xz", ".bz2", ".rar", ".7z"))
_DECOMPRESS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}


def is_archive(file: File) -> bool:
    """Whether the file, already out of whatever it came in, is an archive still; office documents are zips and none."""
    if not file.head.startswith(_MAGIC):
        return False
    return PurePosixPath(file.name).suffix.lower() in _ENDINGS


@dataclass
class Intake:
    """Opens what an import was given. `work` is a folder of its own for unpacking; `include` keeps only matching names."""

    work: Path
    include: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)

    def open(self, paths: Iterable[Path]) -> list[File]:
        """Every file in `paths`, in the order of names.

        Raises DomainError no_such_file for a path that is not there.
        """
        for path in paths:
            if not path.exists():
                message = Words("找不到文件或文件夹：{path}", "there is no file or folder {path}")
                raise DomainError("no_such_file", message.fill(path=path), path=str(path))
            self._add(path)
        return [self.files[name] for name in sorted(self.files)]

    def _add(self, path: Path) -> None:
        if not path.is_dir():
            self._add_path(path, _disk_name(path.name))
            return
        for each in sorted(path.rglob("*")):
            if each.is_file() and not each.is_symlink():
                self._add_path(each, _disk_name(each.relative_to(path).as_posix()))

    def _add_path(self, path: Path, name: str) -> None:
        if _is_skipped(name):
            return
        try:
            with path.open("rb") as stream:
                magic = stream.read(8)
            if name.endswith((".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")):
                self._add_tar(path, name, magic)
            elif magic.startswith(b"PK\3\4") and not name.endswith((".xlsx", ".docx")):
                self._add_zip(path, name)
            elif PurePosixPath(name).suffix in _DECOMPRESS:
                self._add_compressed(path, name)
            else:
                self._keep(name, path.stat().st_size, lambda: path.open("rb"), "")
        except _BROKEN as error:
            self._broken(name, error)

    def _broken(self, name: str, error: Exception) -> None:
        self.problems.append(Problem("bad_archive", name, 0, {"reason": str(error)[:120]}))

    def _keep(self, name: str, size: int, opener: Callable[[], BinaryIO], container: str) -> None:
        if _is_skipped(name) or (self.include and not any(fnmatch(name, each) for each in self.include)):
            return
        unique = name if name not in self.files else self._unique(name, container)
        self.files[unique] = File(unique, size, opener, container, self.files)

    def _unique(self, name: str, container: str) -> str:
        """Another folder before the name: what is in the second file of one name must not be lost."""
        folders = (container if number == 1 else f"{container}({number})" for number in count(1))
        return next(each for folder in folders if folder and (each := f"{folder}/{name}") not in self.files)

    def _add_compressed(self, path: Path, name: str) -> None:
        suffix = PurePosixPath(name).suffix
        inner = name.removesuffix(suffix)
        opener = _DECOMPRESS[suffix]
        with opener(path) as stream:
            size = self._measured(stream, path.stat().st_size, name)
        if size is not None:
            self._keep(inner, size, lambda: cast(BinaryIO, opener(path)), name)

    def _measured(self, stream: IO[bytes], packed: int, name: str) -> int | None:
        """The unpacked size, or None (and a problem) as soon as it is beyond reason: nothing is kept while counting."""
        total, limit = 0, _limit(packed)
        while block := stream.read(1 << 20):
            total += len(block)
            if total > limit:
                self._bomb(name, total, packed)
                return None
        return total

    def _bomb(self, name: str, total: int, packed: int) -> None:
        reason = f"{total:,} / {packed:,} bytes"
        self.problems.append(Problem("archive_bomb", name, 0, {"reason": reason}))

    def _add_zip(self, path: Path, name: str) -> None:
        archive = zipfile.ZipFile(cast(IO[bytes], _Glimpsed(path)))
        members = [each for each in archive.infolist() if not each.is_dir()]
        total = sum(each.file_size for each in members)
        if total > _limit(path.stat().st_size) or len(members) > MAX_FILES:
            self._bomb(name, total, path.stat().st_size)
            return
        for member in members:
            inner = self._safe(_zip_name(member), name)
            if inner and not _is_skipped(inner) and self._opens(archive, member, f"{name}/{inner}"):
                self._keep(inner, member.file_size, _zip_opener(archive, member), name)

    def _opens(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bool:
        """Whether the member's beginning can be read; an encrypted or damaged one is a problem of its own."""
        try:
            with archive.open(member) as stream:
                stream.read(HEAD_BYTES)
        except _BROKEN as error:
            self._broken(name, error)
            return False
        return True

    def _add_tar(self, path: Path, name: str, magic: bytes) -> None:
        """Unpacks to numbered files: a tar can only be read from front to back, and its names are never used as paths."""
        folder = self.work / f"tar-{len(list(self.work.glob('tar-*')))}"
        folder.mkdir(parents=True)
        left = _limit(path.stat().st_size)
        with _tar_stream(path, magic) as stream, tarfile.open(fileobj=_Careful(stream), mode="r:") as archive:
            for number, member in enumerate(_regular(archive)):
                left -= member.size
                if left < 0 or number > MAX_FILES:
                    self._bomb(name, _limit(path.stat().st_size) - left, path.stat().st_size)
                    return
                self._unpack(archive, member, folder / str(number), name)

    def _unpack(self, archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, container: str) -> None:
        inner = self._safe(member.name, container)
        source = archive.extractfile(member) if inner else None
        if source is None:
            return
        with target.open("wb") as stream:
            shutil.copyfileobj(source, stream)
        self._keep(inner, member.size, lambda: target.open("rb"), container)

    def _safe(self, name: str, container: str) -> str:
        path = PurePosixPath(name.replace("\\", "/"))
        if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            self.problems.append(Problem("unsafe_path", container, 0, {"value": name[:120]}))
            return ""
        return path.as_posix()


def _regular(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    return (member for member in archive if member.isfile())


def _limit(packed: int) -> int:
    return min(MAX_BYTES, max(packed, 1024) * MAX_RATIO)


def _is_skipped(name: str) -> bool:
    return any(each in name for each in _SKIPPED) or PurePosixPath(name).name.startswith("._")


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Names not marked as UTF-8 were decoded as cp437; macOS wrote them in UTF-8 all the same, Chinese Windows in GBK."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return _spelled(member.filename.encode("cp437")) or member.filename
    except UnicodeError:
        return member.filename


def _disk_name(name: str) -> str:
    """A name on disk as text that can be kept: unpacked archives leave names in GBK there."""
    raw = os.fsencode(name)
    return _spelled(raw) or raw.decode("utf-8", "replace")


def _spelled(raw: bytes) -> str:
    for encoding in ("utf-8", "gbk"):
        try:
            return raw.decode(encoding)
        except UnicodeError:
            continue
    return ""


def _zip_opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    """Members share the open archive: reading its directory anew for each of thousands takes hours."""
    return lambda: cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, archive.open(member)), 1 << 16))


def _tar_stream(path: Path, magic: bytes) -> IO[bytes]:
    opener = next((each for sign, each in _TAR_MAGIC.items() if magic.startswith(sign)), open)
    return cast(IO[bytes], opener(path, "rb"))


class _Glimpsed(io.RawIOBase):
    """A file that is open only while a piece of it is read: the archive over it needs no closing."""

    def __init__(self, path: Path) -> None:
        self._path, self._size, self._at = path, path.stat().st_size, 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        with self._path.open("rb", buffering=0) as stream:
            stream.seek(self._at)
            data = stream.read(size)
        self._at += len(data)
        return data


class _Careful(io.RawIOBase):
    """A tar's bytes, refusing the read of a header longer than any honest one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MAX_HEADER:
            raise tarfile.ReadError(f"header of {size:,} bytes")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()
