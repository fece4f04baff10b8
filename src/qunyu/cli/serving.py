"""`qunyu serve`, `qunyu worker` and `qunyu upgrade`."""

from __future__ import annotations

import click

from qunyu.cli.setting_up import set_up, set_up_apart
from qunyu.cli.words import help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

HOST = click.option(
    "--host", default="127.0.0.1", show_default=True, help=help_text(Words("监听的地址", "address to listen on"))
)
PORT = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=help_text(Words("端口", "port"))
)


@click.command(help=help_text(Words("启动控制台和后台任务。", "Serve the console and do background work.")))
@HOST
@PORT
def serve(host: str, port: int) -> None:
    """Serves until told to end."""
    set_up_apart("upgrade")
    serve_at(host, port, Words("控制台：{url}", "console: {url}"))


@click.command(help=help_text(Words("更新数据库，不启动。", "Bring the database up to date, serve nothing.")))
def upgrade() -> None:
    """Does it again where it was done: that changes nothing."""
    set_up()


@click.command(
    help=help_text(Words("只运行后台任务（可启动多个）。", "Do background work only (start as many as wanted)."))
)
def worker() -> None:
    """Works until told to end."""
    set_up(migrate=False)
    from qunyu.jobs.worker import run

    run()


def serve_at(host: str, port: int, announcement: Words) -> None:
    """Serves the console; says so, with its {url}, when it can be used.

    Raises DomainError port_taken.
    """
    from qunyu.cli.server import run, wait_until_free

    address = f"{host}:{port}"
    if not wait_until_free(address):
        message = Words(
            "端口 {address} 已被占用；请用 --port 换一个", "{address} is in use already; choose another with --port"
        )
        raise DomainError("port_taken", message.fill(address=address))
    run(address, ready=lambda: click.echo(str(announcement.fill(url=f"http://{address}/")), err=True))
