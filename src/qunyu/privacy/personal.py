"""What the privacy package itself keeps of people: their requests, their copies, and what they consented to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone

from qunyu.kernel.personal import Holder, Kind, Overview, Person, plain, scrub
from qunyu.kernel.words import Words
from qunyu.members.own import identities
from qunyu.privacy.exporting import copies_naming, file_of, part_of
from qunyu.privacy.looking import by_role
from qunyu.privacy.models import AccessEntry, Consent, Request, RequestKind, RequestState


def _erase_requests(person: Person) -> Mapping[str, int]:
    """Their copies go, those of others that name them too, and nothing leads from a request to what is left of the person."""
    mine = Request.objects.filter(member__in=person.own)
    for request in mine:
        for path in (file_of(request), part_of(file_of(request))):
            path.unlink(missing_ok=True)
    waiting = mine.filter(kind=RequestKind.EXPORT, state__in=(RequestState.OPEN, RequestState.WORKING))
    waiting.update(state=RequestState.REFUSED, done_at=timezone.now())
    Request.objects.filter(member__in=person.own).update(member=None, expires_at=None)
    return {"elsewhere": _forget_copies(copies_naming(person)) + scrub(Request, ("note", "reason"), person)}


def _forget_copies(paths: Collection[Path]) -> int:
    """Of somebody else: it can be made anew."""
    for path in paths:
        path.unlink(missing_ok=True)
        Request.objects.filter(public_id=path.stem).update(expires_at=None)
    return len(paths)


def _export_requests(person: Person) -> object:
    rows = Request.objects.filter(member__in=person.own).order_by("id")
    return plain(rows.values("kind", "state", "asker", "channel", "checked", "note", "asked_at", "due_on", "done_at"))


def _erase_consents(person: Person) -> Mapping[str, int]:
    Consent.objects.filter(member__in=person.own).delete()
    return {"elsewhere": scrub(Consent, ("evidence",), person)}


def _export_consents(person: Person) -> object:
    rows = Consent.objects.filter(member__in=person.own).order_by("at", "id")
    return plain(rows.values("purpose", "state", "source", "wording", "evidence", "at", "by_name"))


def _consents() -> Overview:
    rows = Consent.objects.filter(member__erased=False)
    oldest = rows.order_by("at").values_list("at", flat=True).first()
    return Overview(rows.values("member").distinct().count(), rows.count(), oldest)


def _looks(person: Person) -> QuerySet[AccessEntry]:
    return AccessEntry.objects.filter(person__in=_public_ids(person))


def _public_ids(person: Person) -> list[str]:
    rows = identities().filter(own_member__in=person.own)
    return list(rows.values_list("own_member__public_id", flat=True))


HOLDERS = (
    Holder(
        key="views",
        title=Words("谁看过", "Who looked"),
        what=Words(
            "哪个账号何时打开过此人的页面；副本里按角色计数",
            "which account opened the person’s pages, when; counts by role in the copy",
        ),
        why=Words(
            "查得出谁看过个人信息；删除后不再指向任何人",
            "finding out who saw personal data; after erasure it leads to nobody",
        ),
        models=("privacy.AccessEntry",),
        count=lambda person: _looks(person).count(),
        export=lambda person: by_role(_public_ids(person)),
    ),
    Holder(
        key="requests",
        title=Words("个人信息请求", "Requests about personal data"),
        what=Words(
            "谁在何时要求导出或删除、如何核对身份；导出文件保存 7 天",
            "who asked for a copy or erasure, when, how checked; copies for 7 days",
        ),
        why=Words("按时答复并能证明", "answering in time, and showing it"),
        models=("privacy.Request",),
        count=lambda person: Request.objects.filter(member__in=person.own).count(),
        export=_export_requests,
        erase=_erase_requests,
        stays=Words(
            "证明按时、如何答复了请求；删除后不再指向任何人",
            "they show that and how requests were answered; after erasure they lead to nobody",
        ),
    ),
    Holder(
        key="consents",
        title=Words("同意记录", "Consents"),
        what=Words(
            "对每个目的的同意、拒绝与撤回及其依据",
            "granted, refused and withdrawn, purpose by purpose, with the evidence",
        ),
        why=Words("只在本人同意的范围内使用", "using data only as people agreed"),
        models=("privacy.Consent",),
        count=lambda person: Consent.objects.filter(member__in=person.own).count(),
        export=_export_consents,
        erase=_erase_consents,
        overview=_consents,
        stays=Words(
            "依据同意做事，就要一直能证明同意过什么",
            "what somebody agreed to must be shown for as long as it is relied on",
        ),
    ),
)

KINDS = (
    Kind(
        key="views",
        title=Words("谁看过", "Who looked"),
        help=Words(
            "打开成员页面、列表与搜索的记录到期删除；改动的审计记录一直保留",
            "looks older than that are deleted; the audit trail of changes stays",
        ),
        count=lambda before: AccessEntry.objects.filter(at__lt=before).count(),
        remove=lambda before: int(AccessEntry.objects.filter(at__lt=before).delete()[0]),
        # As the database's own trigger wants it.
        least_days=30,
        models=("privacy.AccessEntry",),
    ),
)
