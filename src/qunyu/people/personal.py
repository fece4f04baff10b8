"""What the audit trail holds of people, reasons in somebody's own words; and how long it is kept where operators were signed in."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.kernel.audit import mend_reasons
from qunyu.kernel.personal import Holder, Kind, Person, plain
from qunyu.kernel.queries import entries
from qunyu.kernel.words import Words
from qunyu.people.sessions import over


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
        stays=Words(
            "证明谁看过、改过什么，自己不能改、不能删",
            "it shows who saw and changed what, and cannot be changed itself",
        ),
    ),
)
KINDS = (
    Kind(
        key="staff_sessions",
        title=Words("已结束的登录会话", "Sessions that are over"),
        help=Words(
            "到期删除运营人员在哪里登录过（地址、浏览器）；进行中的不变",
            "where operators were signed in (address, browser), once that is over; sessions that go on stay",
        ),
        count=lambda before: over(before).count(),
        remove=lambda before: over(before).delete()[0],
        models=("people.StaffSession",),
    ),
)
