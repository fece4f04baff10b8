"""JSON Lines: one value a line, bad lines as problems, a cut last line told apart from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from qunyu.events.files import File
from qunyu.events.problems import Problem


def json_lines(file: File, format_name: str) -> Iterator[tuple[int, Any]]:
    """(line, value) of every line that is not blank; the value is a Problem where the line is no JSON.

    A bad line counts as the place where the file breaks off when nothing follows it.
    """
    problems: list[Problem] = []
    bad: tuple[int, str] | None = None
    for number, text in file.lines(problems):
        if problems:
            yield from ((each.line, each) for each in problems)
            problems.clear()
        if not text or text.isspace():
            continue
        if bad:
            yield bad[0], Problem("not_a_record", file.name, bad[0], {"format": format_name})
            bad = None
        try:
            value = json.loads(text)
            value = _whole(value) if "\\u" in text else value
        except (ValueError, RecursionError) as error:
            bad = (number, str(error))
            continue
        yield number, value
    yield from ((each.line, each) for each in problems)
    if bad:
        yield bad[0], Problem("truncated", file.name, bad[0], {"reason": bad[1][:80]})


def _whole(value: Any) -> Any:
    """`value` with halves of surrogate pairs, which no file can hold again, replaced by question marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(each) for key, each in value.items()}
    return value
