"""What imports keep of people besides facts: the lines that could not be read, and names of files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from qunyu.events.models import Import, ImportProblem
from qunyu.kernel.personal import Holder, Kind, Person, naming, scrub
from qunyu.kernel.words import Words

_ENDED = (Import.State.DONE, Import.State.FAILED, Import.State.UNDONE)
_TOLD = ("error", "summary", "progress")


def _old(before: datetime) -> QuerySet[ImportProblem]:
    return ImportProblem.objects.filter(owner__finished_at__lt=before)


def _erase(person: Person) -> Mapping[str, int]:
    """An import that is still to read its files must find them."""
    changed = scrub(ImportProblem, ("file", "data"), person) + scrub(Import, ("title",), person)
    for owner in Import.objects.filter(state__in=_ENDED):
        told = {
            "request": _asked(owner.request, person),
            **{key: person.without_json(getattr(owner, key)) for key in _TOLD},
        }
        if any(value != getattr(owner, key) for key, value in told.items()):
            changed += Import.objects.filter(pk=owner.pk).update(**told)
    return {"elsewhere": changed}


def _asked(request: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """Of what was asked only files and the community can be called as somebody is; the rest are codes."""
    parts = [{**part, "paths": person.without_json(part["paths"])} for part in request.get("parts", ())]
    named = {"parts": parts, "community": person.without(request.get("community", ""))}
    return {**request, **{key: value for key, value in named.items() if key in request}}


HOLDERS = (
    Holder(
        key="problems",
        title=Words("读不出的行", "Lines that could not be read"),
        what=Words("导入问题中的文件名、行号与出错的值", "file, line and the value in question of import problems"),
        why=Words("改正导出文件", "mending exports"),
        models=(),
        count=lambda person: len(naming(ImportProblem, ("file", "data"), person)),
        # What is found by a name is told of others too, who may be called the same.
        export=lambda person: [],
        erase=_erase,
    ),
)
KINDS = (
    Kind(
        key="problems",
        title=Words("导入问题清单", "Lines that could not be read"),
        help=Words("到期的导入只留下问题的数量", "of imports older than that only the number of problems stays"),
        count=lambda before: _old(before).count(),
        remove=lambda before: int(_old(before).delete()[0]),
        models=("events.ImportProblem",),
    ),
)
