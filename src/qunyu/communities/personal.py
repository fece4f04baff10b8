"""What operators wrote about people in their log of work."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.communities.models import WorkEntry
from qunyu.kernel.personal import Holder, Person, naming, scrub
from qunyu.kernel.words import Words


def _erase(person: Person) -> Mapping[str, int]:
    return {"elsewhere": scrub(WorkEntry, ("note",), person)}


HOLDERS = (
    Holder(
        key="work",
        title=Words("工时备注", "Notes of work"),
        what=Words("运营人员工时记录里提到的人", "people named in what operators noted of their work"),
        why=Words("说明时间花在哪里", "telling where time went"),
        models=(),
        count=lambda person: len(naming(WorkEntry, ("note",), person)),
        # What is found by a name is told of others too, who may be called the same.
        export=lambda person: [],
        erase=_erase,
        stays=Words(
            "工时统计由它们算出；写的人可以修改、删除",
            "time spent is counted from the log; who wrote an entry can change or remove it",
        ),
    ),
)
