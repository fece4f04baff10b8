"""`qunyu demo`: a made-up brand to look at, served in one go."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from qunyu.cli.problems import tell_summary
from qunyu.cli.progress import progress
from qunyu.cli.serving import HOST, PORT, serve_at
from qunyu.cli.setting_up import set_up, set_up_apart
from qunyu.cli.words import help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

SEED = 7
USER = "demo"


@click.command(help=help_text(Words("载入一个虚构品牌并启动控制台。", "Load a made-up brand and serve the console.")))
@HOST
@PORT
@click.option(
    "--seed", type=int, default=SEED, show_default=True, help=help_text(Words("随机种子", "seed of the made-up brand"))
)
@click.option("--no-serve", is_flag=True, help=help_text(Words("只载入，不启动", "load only, do not serve")))
def demo(host: str, port: int, seed: int, no_serve: bool) -> None:
    """Loads once; started again it serves what is there, with a fresh password."""
    data = Path(os.environ.setdefault("QUNYU_DATA", str(Path("var") / "demo")))
    if no_serve:
        set_up(data)
        _load(seed, data)
        click.echo(_sign_in())
        return
    password = set_up_apart("demo", "--no-serve", "--seed", str(seed)).strip()
    text = Words(
        f"演示控制台：{{url}}\n用户名：{USER}\n密码：{password}\n（按 Ctrl+C 结束）",
        f"demo console: {{url}}\nuser name: {USER}\npassword: {password}\n(Ctrl+C ends it)",
    )
    serve_at(host, port, text)


def _load(seed: int, data: Path) -> None:
    """Loads the brand unless it is there."""
    began = time.monotonic()
    from django.conf import settings

    from qunyu.communities.queries import communities
    from qunyu.flows.alerting import renew
    from qunyu.kernel.scope import system_scope
    from qunyu.people.queries import root_unit
    from qunyu.prospects.renewing import renew_lists
    from qunyu.simulation.actions import generate
    from qunyu.simulation.brand import NAME, BrandSpec
    from qunyu.simulation.loading import load

    scope, now = system_scope("demo"), datetime.now(UTC)
    if communities(scope).exists():
        return
    yesterday = now.astimezone(settings.QUNYU_ZONE).date() - timedelta(days=1)
    with TemporaryDirectory(prefix="qunyu-demo-") as folder, progress() as told:
        generate(BrandSpec(seed, yesterday), Path(folder))
        summary: Any = load(Path(folder), by=scope, title=NAME, now=now, progress=told)
        renew(now=now)
        renew_lists(now, root_unit().pk)
        # The truth stays beside the data: labels computed from them can be scored against it.
        shutil.copyfile(Path(folder) / "truth.json", data / "truth.json")
    tell_summary(summary)
    took = Words("虚构品牌已载入（{s:.1f} 秒）", "the made-up brand is loaded ({s:.1f} s)")
    click.echo(str(took.fill(s=time.monotonic() - began)), err=True)


def _sign_in() -> str:
    """A new password for the demo's director, whose account is made when it is not there."""
    from qunyu.kernel.scope import system_scope
    from qunyu.people.actions import add_staff, grant
    from qunyu.people.passwords import set_password
    from qunyu.people.queries import root_unit, staff_called

    scope, now = system_scope("demo"), datetime.now(UTC)
    password = f"demo-{secrets.token_hex(4)}"
    try:
        set_password(by=scope, staff=staff_called(USER), password=password, now=now)
    except DomainError:
        staff = add_staff(
            by=scope, username=USER, name=str(Words("演示总负责", "Demo director")), password=password, now=now
        )
        grant(by=scope, staff=staff, role="director", unit=root_unit(), now=now)
    return password
