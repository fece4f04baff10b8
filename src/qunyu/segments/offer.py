"""Offer: the vocabulary as a form builder needs it, in the active language."""

from __future__ import annotations

from typing import Any

from qunyu.kernel.words import language
from qunyu.segments.rules.checking import PLACE_NAMES
from qunyu.segments.rules.language import COMPARED, OFTEN
from qunyu.segments.rules.vocabulary import OPERATORS, VALUES, Options, Vocabulary


def offered(known: Vocabulary) -> dict[str, Any]:
    """`fields`, `verbs`, `places`, the words of `ops` and `times`, and how many `values` each operator takes (null: some)."""
    fields = [
        {
            "key": each.key,
            "title": str(each.title),
            "group": str(each.group),
            "kind": each.kind,
            "ops": OPERATORS[each.kind],
            "options": _listed(each.options),
            "help": str(each.help or ""),
        }
        for each in known.fields.values()
    ]
    verbs = [
        {
            "key": each.key,
            "title": str(each.title),
            "group": str(each.group),
            "unit": str(each.unit),
            "placed": each.placed,
            "texted": each.texted,
            "help": str(each.help or ""),
        }
        for each in known.verbs.values()
    ]
    places = [
        {"key": aspect, "title": str(PLACE_NAMES[aspect]), "options": _listed(options)}
        for aspect, options in known.places.items()
        if options
    ]
    spelled = {name: words[language()][0] for name, words in {**COMPARED, **OFTEN}.items()}
    return {"fields": fields, "verbs": verbs, "places": places, "words": spelled, "values": dict(VALUES)}


def _listed(options: Options) -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in options]
