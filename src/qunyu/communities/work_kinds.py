"""Kinds of work that operators note down, and which of them a machine can do (method.md O5, F2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words


@dataclass(frozen=True, slots=True)
class WorkKind:
    """`machine` says what does it instead of a person; None where only a person can."""

    key: str
    title: Words
    machine: Words | None = None


_KINDS = (
    WorkKind("answering", Words("答疑", "Answering")),
    WorkKind("welcoming", Words("迎新", "Welcoming")),
    WorkKind("screening", Words("筛人", "Screening")),
    WorkKind("links", Words("发链接", "Posting links"), Words("定时发送", "posted on time by itself")),
    WorkKind("content", Words("做内容", "Content")),
    WorkKind("activity", Words("做活动", "Activity")),
    WorkKind(
        "reporting", Words("做报表", "Reporting"), Words("定时报告会自动生成", "scheduled reports make themselves")
    ),
    WorkKind("other", Words("其他", "Other")),
)
# In the order in which a form offers them.
WORK_KINDS: Mapping[str, WorkKind] = {each.key: each for each in _KINDS}


def find_work_kind(text: str) -> WorkKind:
    """The kind with that key or title (in either language, capitals or not).

    Raises DomainError unknown_work_kind with the `field`.
    """
    wanted = text.strip().casefold()
    for each in _KINDS:
        if wanted in (each.key, each.title.zh, each.title.en.casefold()):
            return each
    message = Words("没有工作种类“{kind}”；可用：{known}", "there is no kind of work “{kind}”; there are: {known}")
    zh, en = ("、".join(each.title.zh for each in _KINDS), ", ".join(each.key for each in _KINDS))
    words = Words(message.zh.format(kind=text, known=zh), message.en.format(kind=text, known=en))
    raise DomainError("unknown_work_kind", words, field="kind")
