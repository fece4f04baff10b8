"""The `qunyu` command and how it ends: 0 done, 1 it could not be done (the reason on standard error), 2 wrong usage."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from qunyu import __version__
from qunyu.cli.words import LANGUAGE, help_text
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words, speaking


class Qunyu(click.Group):
    """Finds its commands in the package's modules when they are needed: a command should not load what others use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"qunyu.cli.{module}"), name)
        return command


_COMMANDS = {
    "serve": ("serving", "serve"),
    "worker": ("serving", "worker"),
    "upgrade": ("serving", "upgrade"),
    "demo": ("demo", "demo"),
    "report": ("report", "report"),
    "import": ("importing", "import_"),
    "undo": ("importing", "undo"),
    "user": ("accounts", "user"),
    "token": ("accounts", "token"),
    "segment": ("segments", "segment"),
    "roster": ("roster", "roster"),
    "metrics": ("catalogue", "metrics_group"),
    "simulation": ("simulation", "simulation"),
    "privacy": ("privacy", "privacy"),
    "audit": ("audit", "audit"),
    "formats": ("catalogue", "formats_group"),
    "points": ("points", "points"),
    "opinions": ("opinions", "opinions"),
    "care": ("care", "care"),
    "prospects": ("prospects", "prospects"),
    "offers": ("offers", "offers"),
}


@click.group(cls=Qunyu, help=help_text(Words("群域：私域社群运营平台。", "Qunyu: run private-domain communities.")))
@click.version_option(__version__, prog_name="qunyu")
def qunyu() -> None:
    """The group itself does nothing."""


def main() -> None:
    """Runs the command line and turns errors a person can mend into one line and exit code 1."""
    with speaking(LANGUAGE):
        try:
            # click hands the code of an Exit back as it does what a command returns; ours return nothing.
            sys.exit(qunyu.main(standalone_mode=False))
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo(str(Words("已中断", "interrupted")), err=True)
            sys.exit(130)
        except DomainError as error:
            _tell(error)
            sys.exit(1)
        except BrokenPipeError:
            # Whoever reads our output (head, less) has had enough; writing to it again would raise once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: DomainError) -> None:
    from qunyu.cli.problems import tell_problems

    click.echo(f"{Words('错误', 'error')}: {error}", err=True)
    tell_problems(error.data.get("problems"))
