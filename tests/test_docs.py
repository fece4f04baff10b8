"""Nothing that somebody can use or set is left undescribed."""

import re
from pathlib import Path

import pytest

from qunyu.events.reading import readers
from qunyu.insights.label import labels
from qunyu.insights.metric import metrics

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "qunyu"


def words_of(*paths: Path) -> frozenset[str]:
    """The names written as `code` in the documents."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return frozenset(re.findall(r"`([^`\n]+)`", text))


def settings() -> list[str]:
    """Every variable of the environment that the source names."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    named = re.findall(r"""(?:environ|values|env|getenv)\b[^\n]*?["'](QUNYU_[A-Z_]+)["']""", text)
    return sorted(set(named))


def test_the_settings_are_found() -> None:
    assert {"QUNYU_DATA", "QUNYU_DATABASE_URL", "QUNYU_SECRET_KEY", "QUNYU_TIME_ZONE"} <= set(settings())


@pytest.mark.parametrize("key", sorted(metrics()))
def test_every_metric_is_described(key: str) -> None:
    assert key in words_of(DOCS / "metrics.md")


LABELS = [name for label in labels().values() for name in (label.key, *(each.key for each in label.thresholds))]


@pytest.mark.parametrize("key", LABELS)
def test_every_label_and_threshold_is_described(key: str) -> None:
    page = (DOCS / "labels.md").read_text(encoding="utf-8")
    assert f"## {key}\n" in page or f"| `{key}` |" in page


@pytest.mark.parametrize("key", sorted(readers()))
def test_every_reader_is_described(key: str) -> None:
    assert key in words_of(*(DOCS / "import-formats").glob("*.md"))


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_described(name: str) -> None:
    text = (DOCS / "start.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{name}\b", text)
