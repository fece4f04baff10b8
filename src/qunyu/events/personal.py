"""What imports keep of people besides facts: the lines that could not be read, and names of files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet

from qunyu.events.models import Import, ImportProblem
from qunyu.kernel.personal import Holder, Kind, Person, naming, plain, scrub
from qunyu.kernel.words import Words


def _old(before: datetime) -> QuerySet[ImportProblem]:
    return ImportProblem.objects.filter(owner__finished_at__lt=before)


def _export(person: Person) -> object:
    keys = naming(ImportProblem, ("file", "data"), person)
    return plain(ImportProblem.objects.filter(pk__in=keys).order_by("id").values("code", "file", "line", "data"))


def _erase(person: Person) -> Mapping[str, int]:
    changed = scrub(ImportProblem, ("file", "data"), person)
    return {"elsewhere": changed + scrub(Import, ("title", "request", "error", "summary", "progress"), person)}


HOLDERS = (
    Holder(
        key="problems",
        title=Words("读不出的行", "Lines that could not be read"),
        what=Words("导入问题中的文件名、行号与出错的值", "file, line and the value in question of import problems"),
        why=Words("改正导出文件", "mending exports"),
        models=(),
        count=lambda person: len(naming(ImportProblem, ("file", "data"), person)),
        export=_export,
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
    ),
)
