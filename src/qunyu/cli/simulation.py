"""`qunyu simulation generate` and `qunyu simulation score`: a made-up brand as files, and what the product makes of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from qunyu.cli.progress import progress
from qunyu.cli.setting_up import thrown_away
from qunyu.cli.words import LANGUAGE, help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words, speaking

if TYPE_CHECKING:
    from qunyu.simulation.brand import BrandSpec

# Fixed, so that a seed gives the same figures on any day.
ENDS_ON = "2026-08-31"
ZONE = "Asia/Shanghai"

Command = Callable[..., Any]
BRAND: tuple[Callable[[Command], Command], ...] = (
    click.option("--seed", type=int, required=True, help=help_text(Words("随机种子", "seed of the made-up brand"))),
    click.option(
        "--ends-on",
        type=click.DateTime(["%Y-%m-%d"]),
        default=ENDS_ON,
        show_default=True,
        help=help_text(Words("最后一天", "the last day")),
    ),
    click.option(
        "--days",
        type=click.IntRange(1, 3_650),
        default=120,
        show_default=True,
        help=help_text(Words("多少天", "how many days")),
    ),
    click.option(
        "--members",
        type=click.IntRange(1, 1_000_000),
        default=5_300,
        show_default=True,
        help=help_text(Words("大约多少人", "about how many people")),
    ),
)


def brand_options(command: Command) -> Command:
    """Adds the options that say which brand."""
    for option in reversed(BRAND):
        command = option(command)
    return command


@click.group(help=help_text(Words("虚构品牌：生成与评分。", "Made-up brands: make one, score the product on one.")))
def simulation() -> None:
    """Holds the commands about made-up brands."""


@simulation.command(
    name="generate",
    help=help_text(
        Words(
            "把一个虚构品牌的文件与真相写入文件夹。", "Write the files of a made-up brand, and its truth, into FOLDER."
        )
    ),
)
@brand_options
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def generate_files(seed: int, ends_on: datetime, days: int, members: int, folder: Path) -> None:
    """Writes into a folder that is new or empty: what another brand left there would be read with it."""
    from qunyu.simulation.actions import generate

    brand = _brand(seed, ends_on.date(), days, members)
    with writing(folder):
        if folder.exists() and any(folder.iterdir()):
            message = Words("{folder} 不是空文件夹；请换一个", "{folder} is not empty; choose another folder")
            raise DomainError("folder_not_empty", message.fill(folder=folder))
        made = generate(brand, folder)
    text = Words(
        "{folder}：{communities} 个社群，{people:,} 人，{messages:,} 条消息，{orders:,} 个订单",
        "{folder}: {communities} communities, {people:,} people, {messages:,} messages, {orders:,} orders",
    )
    counts = {name: getattr(made, name) for name in ("communities", "people", "messages", "orders")}
    click.echo(str(text.fill(folder=folder, **counts)), err=True)


@simulation.command(
    name="score",
    help=help_text(
        Words("生成一个虚构品牌，看产品的判断有多准。", "Make a brand and see how right the product is about it.")
    ),
)
@brand_options
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=help_text(Words("在标准输出打印一个 JSON 对象", "print one JSON object on standard output")),
)
def score_brand(seed: int, ends_on: datetime, days: int, members: int, as_json: bool) -> None:
    """Works in a deployment that is thrown away; the deployment of QUNYU_DATA is left alone."""
    brand = _brand(seed, ends_on.date(), days, members)
    with writing(None), TemporaryDirectory(prefix="qunyu-") as folder, thrown_away(ZONE), progress() as told:
        from qunyu.simulation.scoring.scores import in_words, score

        found = score(brand, Path(folder), told)
    with speaking(LANGUAGE):
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(in_words(found)))


def _brand(seed: int, ends_on: date, days: int, members: int) -> BrandSpec:
    from qunyu.simulation.brand import BrandSpec

    if not EARLIEST <= ends_on <= LATEST:
        message = Words("--ends-on 须在 {first} 与 {last} 之间", "--ends-on must be between {first} and {last}")
        raise DomainError("bad_date", message.fill(first=EARLIEST, last=LATEST))
    return BrandSpec(seed, ends_on, days=days, members=members)


EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@contextmanager
def writing(folder: Path | None) -> Iterator[None]:
    """Turns the system's refusal to write into `folder` (None: the folder for temporary files) into one line.

    Raises DomainError cannot_write.
    """
    try:
        yield
    except OSError as error:
        words = CANNOT_WRITE if folder else NO_ROOM
        raise DomainError("cannot_write", words.fill(folder=folder, reason=error.strerror or error)) from None


CANNOT_WRITE = Words(
    "无法写入 {folder}：{reason}；请换一个文件夹", "cannot write {folder}: {reason}; choose another folder"
)
NO_ROOM = Words(
    "无法写入临时文件夹：{reason}；请用 TMPDIR 换一个",
    "cannot write the folder for temporary files: {reason}; name another with TMPDIR",
)
