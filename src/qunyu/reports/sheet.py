"""Sheet: a long picture put together from top to bottom: lines of text, boxes and charts, as parts of one SVG."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from qunyu.reports.drawing import ChartJob, Part

WIDTH, MARGIN = 1080, 40
INNER = WIDTH - 2 * MARGIN
INK, SOFT, LINE, PAPER, ACCENT = "#182433", "#5b6b80", "#e3e8ee", "#f3f5f9", "#206bc4"
# A line's height, and where its letters stand in it, in parts of their size.
LEADING, BASE = 1.4, 1.05
JOINER = "\u200d"
ELLIPSIS = "…"
# Widths in parts of the size, for whatever is neither full-width nor here: a little above what Noto Sans has.
USUAL = 0.58
WIDTHS = {sign: width for signs, width in (("iIjl.,:;'|!()[] ·", 0.34), ("mMW@%w", 0.94)) for sign in signs}


@dataclass(frozen=True)
class Style:
    """How text looks: its size in pixels, its colour, and whether it is bold."""

    size: int
    colour: str = INK
    bold: bool = False


def clean(text: str) -> str:
    """The text on one line, without what an SVG may not hold or what would turn its neighbours around."""
    return " ".join("".join(map(_harmless, text)).split())


def _harmless(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cc":
        return " "
    return "" if kind[0] == "C" and sign != JOINER else sign


def width_of(text: str, size: float) -> float:
    """About how wide the text is, in pixels; a full-width sign is as wide as it is high, a combining one has no width."""
    return size * sum(map(_width, text))


def _width(sign: str) -> float:
    if unicodedata.combining(sign) or sign in (JOINER, "\ufe0f"):
        return 0
    if unicodedata.east_asian_width(sign) in "WFA" or ord(sign) > 0xFFFF:
        return 1
    return WIDTHS.get(sign, 0.7 if sign.isupper() else USUAL)


def cut(text: str, size: float, width: float) -> str:
    """The text, or as much of it as fits into `width` pixels with an ellipsis behind it."""
    if width_of(text, size) <= width:
        return text
    kept = text
    while kept and width_of(kept + ELLIPSIS, size) > width:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def wrapped(text: str, size: float, width: float, lines: int) -> list[str]:
    """The text in at most `lines` lines of `width` pixels, broken at spaces where there are some; the last one is cut."""
    rest = clean(text)
    found: list[str] = []
    while rest and len(found) < lines - 1 and width_of(rest, size) > width:
        end = max(1, next(n for n in range(len(rest), -1, -1) if width_of(rest[:n], size) <= width))
        space = rest.rfind(" ", 0, end + 1)
        end = space if space > end // 2 else end
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, cut(rest, size, width)] if rest else found


@dataclass
class Sheet:
    """The parts so far, and `y`, the pixel that the next one begins at."""

    parts: list[Part] = field(default_factory=list)
    y: float = 0

    def put(self, text: str, x: float, y: float, style: Style, anchor: str = "start") -> None:
        """One line of text with its foot at `y`."""
        weight = ' font-weight="700"' if style.bold else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{style.size}" fill="{style.colour}" text-anchor="{anchor}"{weight}>'
            f"{escape(clean(text))}</text>\n"
        )

    def write(self, text: str, style: Style, *, x: float = MARGIN, width: float = INNER, lines: int = 1) -> None:
        """Text from here on, in at most `lines` lines; the next thing comes below it."""
        for line in wrapped(text, style.size, width, lines):
            self.put(line, x, self.y + style.size * BASE, style)
            self.y += style.size * LEADING

    def box(self, x: float, y: float, width: float, height: float, colour: str = "#ffffff") -> None:
        """A filled box with round corners and a fine line around it."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="18" fill="{colour}" stroke="{LINE}" '
            'stroke-width="2"/>\n'
        )

    def chart(self, job: ChartJob, x: float, y: float, scale: float) -> None:
        """A chart, `scale` times as large as it thinks it is: what is drawn for a phone's width is legible there."""
        self.parts += [f'<g transform="translate({x:g} {y:g}) scale({scale:g})">', job, "</g>\n"]

    def finished(self, family: str, language: str, *, band: float) -> list[Part]:
        """The SVG's parts: what was put, on paper, with a band of `band` pixels in the accent's colour on top."""
        height = int(self.y + 0.5)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="{escape(family)}" xml:lang="{language}">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>\n'
            f'<rect width="{WIDTH}" height="{band:g}" fill="{ACCENT}"/>\n'
        )
        return [head, *self.parts, "</svg>\n"]
