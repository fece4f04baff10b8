"""What reports hold of people, which is in the names of communities, and how long they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path

from django.conf import settings

from qunyu.communities.called import called_after
from qunyu.kernel.personal import Holder, Kind, Person
from qunyu.kernel.words import Words
from qunyu.members.personal import ids_of
from qunyu.reports.actions import forget_reports
from qunyu.reports.making import path_of
from qunyu.reports.models import Report


def _naming(person: Person) -> list[Report]:
    """The reports with the name of a community that is called after the person."""
    names = {row.name for row, told in called_after(person, ids_of(person)) if "name" in told}
    return [each for each in Report.objects.order_by("pk") if _tells_of(each, names)] if names else []


def _tells_of(report: Report, names: set[str]) -> bool:
    path = path_of(Path(settings.QUNYU_DATA), report.public_id, "html")
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return any(name in report.title or name in text or escape(name) in text for name in names)


def _erase(person: Person) -> Mapping[str, int]:
    """With the picture, which shows what the page does; a report can be made anew."""
    return {"elsewhere": forget_reports(_naming(person))}


HOLDERS = (
    Holder(
        key="reports",
        title=Words("报告", "Reports"),
        what=Words("以该成员命名的聊天或社群的名称", "names of chats and communities that are called after the person"),
        why=Words(
            "定期报告各社群的数字；涉及的报告删除", "figures of communities, regularly; those reports are removed"
        ),
        models=(),
        count=lambda person: len(_naming(person)),
        # The name of a chat is given out with the identities.
        export=lambda person: [],
        erase=_erase,
    ),
)


def _removed(before: datetime) -> int:
    return forget_reports(Report.objects.filter(made_at__lt=before))


KINDS = (
    Kind(
        key="reports",
        title=Words("报告文件", "Reports"),
        help=Words("到期的报告连同文件删除", "reports older than that go with their files"),
        count=lambda before: Report.objects.filter(made_at__lt=before).count(),
        remove=_removed,
        models=("reports.Report",),
    ),
)
