"""Copies the ready-made files that the console serves from node_modules into its static folder, with a gzip beside each text.

Comments that name source maps are taken out (the maps are not served), and the icon font is offered as woff2 only.
"""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
TARGET = ROOT / "src/qunyu/console/static/vendor"

TEXTS = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "tabler-icons.min.css",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
FONTS = {"@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "fonts/tabler-icons.woff2"}
LICENCES = {
    "@tabler/core/LICENSE": "tabler.LICENSE",
    "@tabler/icons-webfont/LICENSE": "tabler-icons.LICENSE",
    "echarts/LICENSE": "echarts.LICENSE",
    "echarts/NOTICE": "echarts.NOTICE",
}

_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/|^//# sourceMappingURL=.*$", re.MULTILINE)
_OTHER_FONTS = re.compile(r',url\("[^"]*\.(?:woff|ttf|eot|svg)\?[^"]*"\) format\("[^"]*"\)')


def served(text: str) -> str:
    """The text of a style sheet or script as it is served."""
    return _OTHER_FONTS.sub("", _SOURCE_MAP.sub("", text))


def main() -> None:
    """Makes the folder anew."""
    shutil.rmtree(TARGET, ignore_errors=True)
    (TARGET / "fonts").mkdir(parents=True)
    for source, name in TEXTS.items():
        data = served((MODULES / source).read_text(encoding="utf-8")).encode()
        (TARGET / name).write_bytes(data)
        # No time stamp inside: the same release gives the same bytes.
        (TARGET / f"{name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    for source, name in FONTS.items():
        shutil.copyfile(MODULES / source, TARGET / name)
    for source, name in LICENCES.items():
        if (MODULES / source).exists():
            shutil.copyfile(MODULES / source, TARGET / name)


if __name__ == "__main__":
    main()
