"""Versions: static addresses that carry their file's checksum, so that browsers may keep a file for ever."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zlib import crc32

from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage


class VersionedFiles(FileSystemStorage):
    """Serves the files where they lie; `url` adds ?v=checksum."""

    def __init__(self) -> None:
        from django.conf import settings

        super().__init__(location=None, base_url=settings.STATIC_URL)

    def url(self, name: str | None) -> str:
        return super().url(name) + _version(name or "")


@cache
def _version(name: str) -> str:
    path = finders.find(name)
    return f"?v={crc32(Path(path).read_bytes()):08x}" if isinstance(path, str) else ""
