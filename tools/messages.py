"""Brings the catalogues of translations up to date with the pages: new sentences come in empty, gone ones go.

The sentences of the templates are English; the English catalogue therefore holds each as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "qunyu"
LOCALES = ("zh_Hans", "en")


def extracted() -> Catalog:
    """Every sentence of every template, with the templates it stands in."""
    catalog = Catalog(project="Qunyu", charset="utf-8", fuzzy=False)
    for path in sorted(SOURCE.glob("*/templates/**/*.html")):
        for sentence in sentences(path.read_text(encoding="utf-8")):
            catalog.add(sentence, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def sentences(source: str) -> Iterator[str]:
    """What {% translate %} is given in the source of a template."""
    for token in Lexer(source).tokenize():
        words = token.split_contents() if token.token_type == TokenType.BLOCK else []
        if words[:1] == ["translate"]:
            yield words[1][1:-1]


def path_of(locale: str) -> Path:
    """Where a language's catalogue lies."""
    return SOURCE / "locale" / locale / "LC_MESSAGES" / "django.po"


def renewed(locale: str, template: Catalog) -> Catalog:
    """The language's catalogue with the sentences of `template`: what was translated stays."""
    path = path_of(locale)
    known = read_po(path.open("rb"), locale=locale) if path.exists() else Catalog(locale=locale)
    fresh = Catalog(
        locale,
        project="Qunyu",
        charset="utf-8",
        fuzzy=False,
        creation_date=known.creation_date,
        revision_date=known.revision_date,
    )
    for message in template:
        if message.id:
            old = known.get(message.id)
            text = str(message.id) if locale == "en" else (old.string if old else "")
            fresh.add(message.id, text, locations=message.locations)
    return fresh


def main() -> None:
    """Writes every catalogue anew."""
    template = extracted()
    for locale in LOCALES:
        path = path_of(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = renewed(locale, template)
        with path.open("wb") as stream:
            write_po(stream, fresh, sort_output=True, include_lineno=False, omit_header=False, width=120)
        print(f"{locale}: {sum(1 for each in fresh if each.id and not each.string)} of {len(fresh)} not translated")


if __name__ == "__main__":
    main()
