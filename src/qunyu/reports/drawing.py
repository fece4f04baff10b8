"""Drawing: parts of an SVG and chart options to one PNG, drawn by a process that ends with it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.reports.fonts import Fonts, NoPicture, find_fonts

# Seconds. A picture takes one; whoever waits behind others should hear of it before the browser gives up.
DRAWING, WAITING = 60, 30
# Each holds one of the server's eight threads: pages must not wait behind pictures.
PLACES = 4
NEEDS = ("py_mini_racer", "resvg_py")
_TURN = threading.Lock()
_PLACES = threading.BoundedSemaphore(PLACES)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ChartJob:
    """A chart to draw: an ECharts option, its size, and the language of its large numbers."""

    option: dict[str, Any]
    width: int
    height: int
    language: str


Part = str | ChartJob


def check_drawing() -> Fonts:
    """The fonts that pictures are drawn with, when pictures can be drawn.

    Raises NoPicture no_picture_maker and no_font, and DomainError no_front_end.
    """
    if any(find_spec(name) is None for name in NEEDS):
        message = Words(
            "缺少绘图组件；请执行 pip install 'qunyu[picture]'",
            "what draws pictures is missing; pip install 'qunyu[picture]'",
        )
        raise NoPicture("no_picture_maker", message)
    charts_program()
    return find_fonts()


def charts_program() -> Path:
    """ECharts' file.

    Raises DomainError no_front_end when it is not installed.
    """
    found = finders.find("vendor/echarts.min.js")
    if not isinstance(found, str):
        message = Words("缺少图表程序；请运行 make install", "the charts' program is missing; run make install")
        raise DomainError("no_front_end", message)
    return Path(found)


def job_of(parts: Sequence[Part]) -> dict[str, Any]:
    """What the painter is told: the parts, and where its fonts and the charts' program are.

    Raises as `check_drawing` does.
    """
    fonts = check_drawing()
    plain = [part if isinstance(part, str) else asdict(part) for part in parts]
    return {"parts": plain, "program": str(charts_program()), "fonts": asdict(fonts)}


def draw(parts: Sequence[Part]) -> bytes:
    """The PNG of an SVG whose `parts` follow one another. One is drawn at a time, and takes about a second; three may wait.

    Raises NoPicture when nothing can draw it, when too many others come before it, and when drawing fails.
    """
    job = json.dumps(job_of(parts)).encode()
    with _taken(_PLACES, 0), _taken(_TURN, WAITING):
        return _run(job)


@contextmanager
def _taken(lock: threading.BoundedSemaphore | threading.Lock, seconds: float) -> Iterator[None]:
    if not lock.acquire(timeout=seconds):
        message = Words("正在生成其他图片；请稍后再试", "other pictures are being drawn; try again in a moment")
        raise NoPicture("picture_busy", message)
    try:
        yield
    finally:
        lock.release()


def _run(job: bytes) -> bytes:
    # Not from the folder it is started in: somebody's json.py there would be taken for Python's.
    command = [sys.executable, "-P", "-m", "qunyu.reports.painter"]
    try:
        done = subprocess.run(command, input=job, capture_output=True, timeout=DRAWING, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        told = getattr(error, "stderr", None) or b""
        logger.error("no picture: %s %s", error, told.decode(errors="replace")[-2000:])  # noqa: TRY400
        message = Words(
            "图片没有画成；请选择更短的时间或改用 HTML，并把服务器日志中的原因告诉维护者",
            "the picture could not be drawn; ask for less time or for HTML, and tell the maintainers the reason in the "
            "server's log",
        )
        raise NoPicture("picture_failed", message) from None
    return done.stdout
