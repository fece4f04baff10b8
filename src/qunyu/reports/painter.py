"""Painter: the program that draws a picture, run as a process of its own that ends with the picture.

A V8, the fonts and the pixels take about 140 MiB; a server that drew by itself would keep them, and would fall with them. It therefore imports
nothing of Qunyu's. On standard input it gets one job as JSON, on standard output it puts the PNG.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

# What ECharts may take; a board's charts take 15 MiB.
HEAP = 256 * 1024 * 1024
# What every Chinese font draws: Latin letters, common punctuation, arrows and triangles of ours, kana, ideographs, full-width forms.
COMMON = (
    (0x0A, 0x0A), (0x20, 0x17F), (0x2010, 0x2027), (0x20AC, 0x20AC), (0x25A1, 0x25A1), (0x25B2, 0x25B2), (0x25BC, 0x25BC),
    (0x3000, 0x30FF), (0x4E00, 0x9FA5), (0xFF01, 0xFF5E),
)  # fmt: skip
# No font has it, so it looks like whatever is missing.
NOBODYS = "\U0010fffd"
# resvg draws no line in which several letters make one emoji: 👍🏽 becomes 👍, a family its first member, a flag nothing.
MARKS = re.compile("[\ufe0e\ufe0f\u20e3\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
JOINED = re.compile("\u200d[\u2190-\u2bff\U0001f000-\U0001faff]")


class Fonts(TypedDict):
    """As reports.fonts.Fonts."""

    files: Sequence[str]
    family: str
    emoji: Sequence[str]


def paint(job: dict[str, Any]) -> str:
    """The SVG: the job's `parts` one after the other, each either markup or a chart that is still to be drawn."""
    drawn = iter(_charts([part for part in job["parts"] if not isinstance(part, str)], Path(job["program"])))
    return "".join(part if isinstance(part, str) else next(drawn) for part in job["parts"])


def _charts(jobs: list[dict[str, Any]], program: Path) -> list[str]:
    if not jobs:
        return []
    from py_mini_racer import MiniRacer

    with MiniRacer() as engine:
        engine.set_hard_memory_limit(HEAP)
        # Only the last value would come back, and ECharts' is an object as large as itself.
        engine.eval(Path(__file__).with_suffix(".js").read_text(encoding="utf-8") + ";0")
        engine.eval(program.read_text(encoding="utf-8") + ";0")
        return [str(engine.eval(f"paint({json.dumps(json.dumps(job))})")) for job in jobs]


def raster(svg: str, fonts: Fonts) -> bytes:
    """The SVG as PNG. Signs that `fonts` lack are left out; letters they lack are looked for in every font of the system."""
    single = JOINED.sub("", MARKS.sub("", svg))
    files = [*fonts["files"], *fonts["emoji"]]
    lacking = _lacking(set(single), files, fonts["family"])
    letters = {sign for sign in lacking if unicodedata.category(sign)[0] in "LMN"}
    kept = single.translate(dict.fromkeys(map(ord, lacking - letters)))
    # Reading every font of the system takes longer than drawing the picture.
    return _png(kept, files, fonts["family"], skip_system_fonts=not letters)


def _lacking(signs: set[str], fonts: Sequence[str], family: str) -> set[str]:
    """Those of the signs, common ones aside, that none of the fonts has."""
    rare = {sign for sign in signs if not any(first <= ord(sign) <= last for first, last in COMMON)}

    def look(sign: str) -> bytes:
        text = f'<text y="24" font-size="24">{sign}</text>'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32">{text}</svg>'
        return _png(svg, fonts, family, skip_system_fonts=True)

    blank = look(NOBODYS) if rare else b""
    return {sign for sign in rare if look(sign) == blank}


def _png(svg: str, fonts: Sequence[str], family: str, *, skip_system_fonts: bool) -> bytes:
    from resvg_py import svg_to_bytes

    return svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=skip_system_fonts,
        font_files=[*fonts],
        font_family=family,
        serif_family=family,
        sans_serif_family=family,
        monospace_family=family,
    )


def main() -> None:
    """One job from standard input, its PNG to standard output."""
    job = json.load(sys.stdin)
    sys.stdout.buffer.write(raster(paint(job), job["fonts"]))


if __name__ == "__main__":
    main()
