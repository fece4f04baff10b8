"""File: one member of an import, wherever its bytes live, read as lines in whatever encoding it has."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from qunyu.events.problems import Problem

HEAD_BYTES = 64 * 1024
LINE_BYTES = 4 * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class File:
    """One file of an import.

    `name` is its path inside the import ('/' between folders), `size` its bytes (-1 when only known after reading),
    `container` the name of the archive it lies in (empty when it lies in none), `siblings` every file of the import by name.
    """

    name: str
    size: int
    opener: Callable[[], BinaryIO] = field(repr=False)
    container: str = ""
    siblings: dict[str, File] = field(default_factory=dict, repr=False, compare=False)

    def open(self) -> BinaryIO:
        """The bytes from the beginning, at any time and as often as needed."""
        return self.opener()

    @property
    def stem(self) -> str:
        """The file's own name without folders and last ending."""
        return PurePosixPath(self.name).stem

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def encoding(self) -> str:
        """A BOM decides; else UTF-16 by its zero bytes; else UTF-8 if the head is valid, else GB18030.

        GB18030 covers GBK and GB2312 (GB 18030-2022).
        """
        for bom, name in _BOMS:
            if self.head.startswith(bom):
                return name
        if b"\0" in self.head[:512] and _mostly_zero(self.head[:512]):
            return "utf-16-le" if self.head[1:2] == b"\0" else "utf-16-be"
        return "utf-8" if _is_utf8(self.head) else "gb18030"

    @cached_property
    def head_text(self) -> str:
        """The head decoded, undecodable bytes replaced, line ends as \\n."""
        text = self.head.decode(self.encoding, errors="replace").removeprefix("\ufeff")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def forget(self) -> None:
        """Lets go of the head, which is read again when it is asked for: an import may have tens of thousands of files."""
        for name in ("head", "head_text"):
            self.__dict__.pop(name, None)

    def sibling(self, name: str) -> File | None:
        """The file called `name` in the same folder of the same import, if there is one."""
        folder = PurePosixPath(self.name).parent
        return self.siblings.get(str(folder / name))

    def lines(self, problems: list[Problem]) -> Iterator[tuple[int, str]]:
        """(number, text without line end) of every line that can be decoded; the others go into `problems`.

        A line above LINE_BYTES is left out whole. In a UTF-8 file single lines in GB18030 are read as such, since chat
        archives pasted together from several machines mix the two.
        """
        with self.open() as stream:
            if self.encoding.startswith("utf-16"):
                yield from self._wide_lines(stream, problems)
                return
            yield from self._narrow_lines(stream, problems)

    def _wide_lines(self, stream: BinaryIO, problems: list[Problem]) -> Iterator[tuple[int, str]]:
        with io.TextIOWrapper(stream, self.encoding, errors="replace", newline=None) as text:
            number = 0
            while line := text.readline(LINE_BYTES):
                number += 1
                if len(line) == LINE_BYTES and not line.endswith("\n"):
                    while (more := text.readline(LINE_BYTES)) and not more.endswith("\n"):
                        pass
                    problems.append(Problem("line_too_long", self.name, number, {"limit": str(LINE_BYTES)}))
                    continue
                yield number, line.rstrip("\r\n").removeprefix("\ufeff")

    def _narrow_lines(self, stream: BinaryIO, problems: list[Problem]) -> Iterator[tuple[int, str]]:
        encoding = "utf-8" if self.encoding == "utf-8-sig" else self.encoding
        number = 0
        while raw := stream.readline(LINE_BYTES):
            number += 1
            if len(raw) == LINE_BYTES and not raw.endswith(b"\n"):
                _skip_rest_of_line(stream)
                problems.append(Problem("line_too_long", self.name, number, {"limit": str(LINE_BYTES)}))
                continue
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            text = _decode(raw, encoding)
            if text is None:
                problems.append(Problem("bad_encoding", self.name, number, {"encoding": encoding}))
                continue
            yield number, text.rstrip("\r\n")


def _skip_rest_of_line(stream: BinaryIO) -> None:
    while (more := stream.readline(LINE_BYTES)) and not more.endswith(b"\n"):
        pass


def _decode(raw: bytes, encoding: str) -> str | None:
    for name in (encoding, "gb18030"):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return None


def _is_utf8(head: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_zero(head: bytes) -> bool:
    return max(head[0::2].count(0), head[1::2].count(0)) > len(head) // 8


def file_of_bytes(name: str, data: bytes) -> File:
    """A File over bytes in memory, for examples and tests; it stands alone in its import."""
    siblings: dict[str, File] = {}
    file = File(name, len(data), lambda: cast(BinaryIO, io.BytesIO(data)), siblings=siblings)
    siblings[name] = file
    return file
