"""Big JSON documents, object by object in constant memory: any encoding, truncated ones up to the cut."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO, TypeVar

import ijson

from qunyu.events.files import File
from qunyu.events.problems import Problem

Item = TypeVar("Item")

DEPTH = 100
_NOISE = bytes(set(range(256)) - set(b'"[]{}'))


class TooDeep(Exception):
    """The document nests deeper than DEPTH; parsing on would take memory that grows with the square of the depth."""


class JsonBytes:
    """A file's text as UTF-8 without BOM, read in pieces; raises TooDeep before a parser sees the piece."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._first = True
        self._depth = 0
        self._in_string = False
        self._escape = b""

    def read(self, size: int = -1) -> bytes:
        """At most about `size` bytes more of it (a multiple when recoded), empty at the end."""
        raw = self._stream.read(size)
        text = self._decoder.decode(raw, final=not raw)
        while raw and not text:
            raw = self._stream.read(size)
            text = self._decoder.decode(raw, final=not raw)
        if self._first:
            text = text.removeprefix("\ufeff")
            self._first = False
        piece = text.encode("utf-8", "replace")
        self._count(piece)
        return piece

    def _count(self, piece: bytes) -> None:
        text = self._escape + piece
        whole = text.rstrip(b"\\")
        odd = (len(text) - len(whole)) % 2
        self._escape = b"\\" if odd else b""
        parts = text.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NOISE).split(b'"')
        outside = b"".join(parts[1 if self._in_string else 0 :: 2])
        self._in_string ^= len(parts) % 2 == 0
        for _ in range(DEPTH):
            shorter = outside.replace(b"[]", b"").replace(b"{}", b"")
            if len(shorter) == len(outside):
                break
            outside = shorter
        opened = outside.count(b"[") + outside.count(b"{")
        self._depth += 2 * opened - len(outside)
        if opened > DEPTH or self._depth > DEPTH:
            raise TooDeep


def json_parsed(file: File, parse: Callable[[JsonBytes], Iterable[Item]]) -> Iterator[Item | Problem]:
    """What `parse` makes of the document; a Problem as the last where that breaks off or nests absurdly.

    Its line is the number of the last item before it.
    """
    number = 0
    with file.open() as stream:
        try:
            for item in parse(JsonBytes(stream, file.encoding)):
                number += 1
                yield item
        except TooDeep:
            yield Problem("truncated", file.name, number, {"reason": f"> {DEPTH} × [ {{"})
        except (ijson.JSONError, ArithmeticError) as error:
            # ArithmeticError: a number with an exponent beyond what Decimal holds.
            reason = next(iter(str(error).splitlines()), "JSON").strip()
            yield Problem("truncated", file.name, number, {"reason": reason[:80]})


def json_items(file: File, prefix: str) -> Iterator[Any]:
    """Every value at ijson's `prefix`, and the Problem of `json_parsed`."""
    return json_parsed(file, lambda document: ijson.items(document, prefix))


def json_first(file: File, prefix: str) -> Any:
    """The first value at `prefix`; None when there is none before the document ends or breaks off."""
    for value in json_items(file, prefix):
        return None if isinstance(value, Problem) else value
    return None


def text_at(value: Any, *keys: str) -> str:
    """The text or number under `keys` of nested objects as text; empty when there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | Decimal) and value is not True and value is not False else ""
