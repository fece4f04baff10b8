"""How long reports are kept: they hold figures and names of communities, of people none."""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.personal import Kind
from qunyu.kernel.words import Words
from qunyu.reports.actions import forget_reports
from qunyu.reports.models import Report


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
