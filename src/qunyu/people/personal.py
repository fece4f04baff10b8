"""What the audit trail holds of people: reasons in somebody's own words."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.kernel.audit import mend_reasons
from qunyu.kernel.personal import Holder, Person, plain
from qunyu.kernel.queries import entries
from qunyu.kernel.words import Words


def _mine(person: Person) -> set[int]:
    keys = [str(each) for each in person.own]
    return set(entries().filter(object_kind="member", object_id__in=keys).values_list("pk", flat=True))


def _about(person: Person) -> set[int]:
    told = entries().exclude(reason="").values_list("pk", "reason").iterator()
    return _mine(person) | {key for key, reason in told if person.without(reason) != reason}


def _erase(person: Person) -> Mapping[str, int]:
    """The entries stay, as evidence of who did what; a name in a reason goes."""
    return {"elsewhere": mend_reasons(person.without)}


def _export(person: Person) -> object:
    rows = entries().filter(pk__in=_mine(person)).order_by("id")
    return plain(rows.values("at", "actor_name", "action", "reason"))


HOLDERS = (
    Holder(
        key="audit",
        title=Words("审计记录", "Audit trail"),
        what=Words("谁在何时对该成员做了什么；只有编号与数量", "who did what to the person, when; ids and counts only"),
        why=Words("证明谁看过、改过什么；记录本身不删除", "showing who saw and changed what; entries themselves stay"),
        models=(),
        count=lambda person: len(_about(person)),
        export=_export,
        erase=_erase,
    ),
)
