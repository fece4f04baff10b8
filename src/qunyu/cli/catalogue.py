"""`qunyu metrics list` and `qunyu formats list`: what the product computes and what it reads."""

from __future__ import annotations

import json

import click

from qunyu.cli.words import help_text
from qunyu.kernel.words import Words


@click.group(name="metrics", help=help_text(Words("指标目录。", "The metric catalogue.")))
def metrics_group() -> None:
    """Holds the commands about metrics."""


@metrics_group.command(name="list", help=help_text(Words("列出所有指标。", "List every metric.")))
@click.option("--json", "as_json", is_flag=True)
def list_metrics(as_json: bool) -> None:
    """One metric a line: key, row of the method, title, definition."""
    from qunyu.insights.metric import catalogue

    for metric in catalogue():
        if as_json:
            row = {"key": metric.key, "source": metric.source, "unit": metric.unit, "title": str(metric.title)}
            click.echo(
                json.dumps({**row, "definition": str(metric.definition), "needs": metric.needs}, ensure_ascii=False)
            )
        else:
            click.echo(f"{metric.key:28} {metric.source:3} {metric.title}: {metric.definition}")


@click.group(name="formats", help=help_text(Words("可以导入的格式。", "The formats that can be imported.")))
def formats_group() -> None:
    """Holds the commands about formats."""


@formats_group.command(name="list", help=help_text(Words("列出所有格式。", "List every format.")))
def list_formats() -> None:
    """One format a line: key, what it holds, title."""
    from qunyu.events.reading import readers

    for reader in readers().values():
        click.echo(f"{reader.key:22} {reader.yields:8} {reader.title}")
