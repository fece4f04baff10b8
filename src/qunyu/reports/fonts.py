"""Fonts: the files that a picture's text is drawn with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

# File names of the fonts that have Chinese, the better ones first, and the family each holds.
CHINESE: tuple[tuple[str, str], ...] = (
    ("NotoSansCJK-Regular.*", "Noto Sans CJK SC"),
    ("NotoSansCJKsc-Regular.*", "Noto Sans CJK SC"),
    ("NotoSansSC-Regular.*", "Noto Sans SC"),
    ("NotoSansSC-VF.*", "Noto Sans SC"),
    ("NotoSansSC[[]wght[]].*", "Noto Sans SC"),
    ("SourceHanSans.ttc", "Source Han Sans SC"),
    ("SourceHanSansSC-Regular.*", "Source Han Sans SC"),
    ("SourceHanSansCN-Regular.*", "Source Han Sans CN"),
    ("Hiragino Sans GB.ttc", "Hiragino Sans GB"),
    ("STHeiti Medium.ttc", "Heiti SC"),
    ("msyh.ttc", "Microsoft YaHei"),
    ("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
    ("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
    ("DroidSansFallbackFull.ttf", "Droid Sans Fallback"),
    ("NotoSansCJKtc-Regular.*", "Noto Sans CJK TC"),
)
EMOJI = ("NotoColorEmoji.ttf", "Apple Color Emoji.ttc", "seguiemj.ttf", "NotoEmoji-Regular.ttf")
# The font that PyPI has, for machines without one: in the extra picture-font.
PACKAGE = "cvttf_NotoSansCJK_Regular"
NO_FONT = Words(
    "找不到中文字体，无法生成图片；请安装系统字体（如 apt install fonts-noto-cjk），或执行 pip install 'qunyu[picture-font]'",
    "no Chinese font was found to draw a picture with; install one of the system's (apt install fonts-noto-cjk) or "
    "pip install 'qunyu[picture-font]'",
)


class NoPicture(DomainError):
    """No picture can be drawn here or now; nothing is wrong with what was asked."""


@dataclass(frozen=True)
class Fonts:
    """Font files and the family among them that text is set in; `emoji` is the file for these, if the system has one."""

    files: tuple[str, ...]
    family: str
    emoji: tuple[str, ...] = ()


def find_fonts() -> Fonts:
    """A Chinese font of the system, else of the extra picture-font; with its bold face and an emoji font where there are such.

    Raises NoPicture no_font when there is no Chinese font.
    """
    known = {path.name: path for path in reversed(list(_files(_folders())))}
    chinese = _known(known) or _packaged()
    if chinese is None:
        raise NoPicture("no_font", NO_FONT)
    path, family = chinese
    bold = path.with_name(path.name.replace("-Regular", "-Bold"))
    files = [path, *([bold] if bold != path and bold.is_file() else [])]
    emoji = [known[name] for name in EMOJI if name in known][:1]
    return Fonts(tuple(map(str, files)), family, tuple(map(str, emoji)))


def _known(known: dict[str, Path]) -> tuple[Path, str] | None:
    for pattern, family in CHINESE:
        for name in sorted(known):
            if Path(name).match(pattern):
                return known[name], family
    return None


def _packaged() -> tuple[Path, str] | None:
    spec = find_spec(PACKAGE)
    packaged = _files(Path(each) for each in (spec.submodule_search_locations or ())) if spec else ()
    return next(((path, "Noto Sans CJK TC") for path in packaged), None)


def _folders() -> Sequence[Path]:
    """Where Linux and macOS keep fonts, a person's own first."""
    home = Path.home()
    data = os.environ.get("XDG_DATA_HOME") or home / ".local" / "share"
    own = [Path(data) / "fonts", home / ".fonts", home / "Library" / "Fonts"]
    everybodys = ("/usr/local/share/fonts", "/usr/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
    return (*own, *map(Path, everybodys))


def _files(folders: Sequence[Path] | Iterator[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*.[to]t[fc]") if path.is_file())
