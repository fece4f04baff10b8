"""Fails on functions of more than 40 lines (without docstring and blank lines) and on files of more than 400."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 40
FILE_LINES = 400

Function = ast.FunctionDef | ast.AsyncFunctionDef


def function_lines(function: Function, lines: list[str]) -> int:
    """Lines from the `def` to the end that are neither blank nor the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    head = function.body[0].lineno - function.lineno
    if not body:
        return head
    start = body[0].lineno - 1
    return head + sum(1 for line in lines[start : function.end_lineno] if line.strip())


def too_long(path: Path) -> Iterator[str]:
    """One message for each thing in the file that is longer than the house allows."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{path}: {len(lines)} lines, at most {FILE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function) and (count := function_lines(node, lines)) > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {count} lines, at most {FUNCTION_LINES}"


def main(folders: list[str]) -> int:
    """0 when every Python file under the folders keeps to the limits, else 1."""
    paths = (path for folder in folders for path in sorted(Path(folder).rglob("*.py")))
    messages = [message for path in paths if "migrations" not in path.parts for message in too_long(path)]
    print(*messages, sep="\n", end="\n" if messages else "")
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
