"""Personal data: what is kept, requests of people, receipts, periods of keeping, consents."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Body, Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.privacy import (
    ConsentIn,
    ConsentOut,
    DueOut,
    EraseIn,
    Genuine,
    HeldOut,
    HolderOut,
    Lifted,
    PurposeChanges,
    PurposeIn,
    PurposeOut,
    ReasonIn,
    ReceiptOut,
    RequestIn,
    RequestOut,
    RetentionIn,
    RetentionOut,
    RetentionPreview,
    RunOut,
    RunsQuery,
    consent_out,
    holder_out,
    purpose_out,
    request_out,
    retention_out,
    run_out,
)
from qunyu.members.queries import find_person
from qunyu.people.queries import unit_in
from qunyu.privacy import (
    consents,
    deadlines,
    erasing,
    exporting,
    purposes,
    queries,
    receipts,
    requests,
    retaining,
    stopping,
)

router = Router(tags=["privacy"])
MOST = 500


@router.get(
    "/privacy/holders", response=list[HolderOut], operation_id="privacy_holders", summary="What is kept of people"
)
def get_holders(request: HttpRequest) -> list[HolderOut]:
    """Everything that is kept of people, what for, and of how many. Needs privacy.manage at the top, as all of this but consents does."""
    return [holder_out(each) for each in queries.inventory(scope_of_request(request))]


@router.get(
    "/privacy/requests", response=list[RequestOut], operation_id="privacy_requests", summary="Requests of people"
)
def get_requests(request: HttpRequest) -> list[RequestOut]:
    """The latest requests about personal data, 500 at most."""
    rows = requests.requests(scope_of_request(request))[:MOST]
    return [request_out(each, timezone.localdate()) for each in rows]


@router.post(
    "/privacy/requests", response={201: RequestOut}, operation_id="open_privacy_request", summary="Write a request down"
)
def post_request(request: HttpRequest, wanted: RequestIn) -> Status[RequestOut]:
    """Writes down what somebody asks for; nothing is done yet."""
    scope = scope_of_request(request)
    requests.require_officer(scope)
    member = find_person(scope, wanted.member)
    asked = requests.Asked(wanted.asker, wanted.channel, wanted.checked, wanted.note)
    row = requests.open_request(by=scope, member=member, kind=wanted.kind, asked=asked, now=timezone.now())
    return Status(201, request_out(row, timezone.localdate()))


@router.get("/privacy/requests/{id}", response=RequestOut, operation_id="privacy_request", summary="One request")
def get_request(request: HttpRequest, id: str) -> RequestOut:
    """One request."""
    return request_out(requests.find_request(scope_of_request(request), id), timezone.localdate())


@router.get(
    "/privacy/requests/{id}/held", response=list[HeldOut], operation_id="privacy_held", summary="What would be erased"
)
def get_held(request: HttpRequest, id: str) -> list[HeldOut]:
    """What is kept of the person of a request, holder by holder; nothing of somebody erased."""
    row = requests.find_request(scope_of_request(request), id)
    found = erasing.held(row.member) if row.member else []
    return [
        HeldOut(
            key=each.holder.key,
            title=str(each.holder.title),
            count=each.count,
            keepable=str(each.holder.keepable) if each.holder.keepable else None,
        )
        for each in found
    ]


@router.post(
    "/privacy/requests/{id}/erase", response={202: RequestOut}, operation_id="erase_person", summary="Erase a person"
)
def post_erase(request: HttpRequest, id: str, wanted: EraseIn) -> Status[RequestOut]:
    """Begins the erasure that a request asks for. It cannot be undone."""
    scope = scope_of_request(request)
    row = requests.find_request(scope, id)
    erasing.confirm(
        by=scope, request=row, typed=wanted.typed, reason=wanted.reason, kept=wanted.kept, now=timezone.now()
    )
    return Status(202, request_out(requests.find_request(scope, id), timezone.localdate()))


@router.post(
    "/privacy/requests/{id}/export",
    response={202: RequestOut},
    operation_id="export_person",
    summary="Make a person’s copy",
)
def post_export(request: HttpRequest, id: str) -> Status[RequestOut]:
    """Begins to make the file that a request asks for."""
    scope = scope_of_request(request)
    exporting.begin(by=scope, request=requests.find_request(scope, id), now=timezone.now())
    return Status(202, request_out(requests.find_request(scope, id), timezone.localdate()))


@router.post(
    "/privacy/requests/{id}/refuse",
    response=RequestOut,
    operation_id="refuse_privacy_request",
    summary="Refuse a request",
)
def post_refuse(request: HttpRequest, id: str, wanted: ReasonIn) -> RequestOut:
    """Ends a request without doing what it asks."""
    scope = scope_of_request(request)
    requests.refuse(by=scope, request=requests.find_request(scope, id), reason=wanted.reason, now=timezone.now())
    return request_out(requests.find_request(scope, id), timezone.localdate())


@router.post(
    "/privacy/requests/{id}/lift", response=Lifted, operation_id="lift_stop", summary="Let an erased person in again"
)
def post_lift(request: HttpRequest, id: str, wanted: ReasonIn) -> Lifted:
    """Takes the person of an erasure off the stop list."""
    scope = scope_of_request(request)
    row = requests.find_request(scope, id)
    return Lifted(lifted=stopping.lift(by=scope, request=row, reason=wanted.reason, now=timezone.now()))


@router.get("/privacy/requests/{id}/file", operation_id="privacy_file", summary="Download a person’s copy")
def get_file(request: HttpRequest, id: str) -> Any:
    """The ZIP of a finished export, for seven days; each download is kept in the audit trail."""
    scope = scope_of_request(request)
    path = exporting.download(by=scope, request=requests.find_request(scope, id), now=timezone.now())
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"personal-data-{id}.zip")


@router.get("/privacy/receipts/{id}", response=ReceiptOut, operation_id="privacy_receipt", summary="A receipt")
def get_receipt(request: HttpRequest, id: str) -> ReceiptOut:
    """The receipt of an erasure."""
    found = receipts.find_receipt(scope_of_request(request), id)
    return ReceiptOut(id=found.public_id, document=receipts.document(found))


@router.post("/privacy/verify", response=Genuine, operation_id="verify_receipt", summary="Verify a receipt")
def post_verify(request: HttpRequest, document: Body[dict[str, Any]]) -> Genuine:
    """Whether a receipt was made by this deployment and not changed since."""
    requests.require_officer(scope_of_request(request))
    return Genuine(genuine=receipts.is_genuine(document))


@router.get(
    "/privacy/periods", response=list[RetentionOut], operation_id="privacy_periods", summary="How long data are kept"
)
def get_periods(request: HttpRequest) -> list[RetentionOut]:
    """Every kind of data with its period."""
    return [retention_out(each) for each in retaining.periods(scope_of_request(request))]


@router.put(
    "/privacy/periods/{kind}", response=list[RetentionOut], operation_id="set_privacy_period", summary="Set a period"
)
def put_period(request: HttpRequest, kind: str, wanted: RetentionIn) -> list[RetentionOut]:
    """Sets how long a kind of data is kept, from tonight on."""
    scope = scope_of_request(request)
    retaining.set_period(by=scope, kind=kind, days=wanted.days, now=timezone.now())
    return [retention_out(each) for each in retaining.periods(scope)]


@router.get(
    "/privacy/periods/{kind}/preview",
    response=RetentionPreview,
    operation_id="preview_privacy_period",
    summary="What a period would remove",
)
def get_preview(request: HttpRequest, kind: str, days: int) -> RetentionPreview:
    """How much would go if that kind were kept for so many days; nothing is changed."""
    return RetentionPreview(count=retaining.preview(scope_of_request(request), kind, days, timezone.now()))


@router.get("/privacy/runs", response=Page[RunOut], operation_id="privacy_runs", summary="When periods were enforced")
def get_runs(request: HttpRequest, asked: Query[RunsQuery]) -> Page[RunOut]:
    """Every time a period was enforced and how much went, the newest first."""
    found = queries.runs(scope_of_request(request))
    found = found.filter(kind=asked.kind) if asked.kind else found
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-at", "-id"))
    return Page[RunOut](items=[run_out(each) for each in rows], next=following)


@router.get("/privacy/due-days", response=DueOut, operation_id="privacy_due", summary="The deadline of requests")
def get_due(request: HttpRequest) -> DueOut:
    """Within how many days requests are to be answered."""
    requests.require_officer(scope_of_request(request))
    return DueOut(days=deadlines.due_days())


@router.put("/privacy/due-days", response=DueOut, operation_id="set_privacy_due", summary="Set the deadline")
def put_due(request: HttpRequest, wanted: DueOut) -> DueOut:
    """Sets it for requests written down from now on: 1 to 30 days."""
    deadlines.set_due_days(by=scope_of_request(request), days=wanted.days, now=timezone.now())
    return DueOut(days=deadlines.due_days())


@router.get("/privacy/purposes", response=list[PurposeOut], operation_id="purposes", summary="Purposes of consents")
def get_purposes(request: HttpRequest) -> list[PurposeOut]:
    """The purposes of the product, which have no id, then those that units have added."""
    own = purposes.own_purposes(scope_of_request(request))
    ours = [
        PurposeOut(id=None, key=key, name_zh=each.zh, name_en=each.en, unit=None, retired=False)
        for key, each in consents.PURPOSES.items()
    ]
    return [*ours, *(purpose_out(each) for each in own)]  # fmt: skip


@router.post("/privacy/purposes", response={201: PurposeOut}, operation_id="add_purpose", summary="Add a purpose")
def post_purpose(request: HttpRequest, wanted: PurposeIn) -> Status[PurposeOut]:
    """A purpose for the people of a unit and of those below it."""
    scope = scope_of_request(request)
    requests.require_officer(scope)
    unit = unit_in(scope, requests.NEEDED, wanted.unit)
    told = {"key": wanted.key, "name_zh": wanted.name_zh, "name_en": wanted.name_en}
    return Status(201, purpose_out(purposes.add_purpose(by=scope, unit=unit, now=timezone.now(), **told)))


@router.patch("/privacy/purposes/{id}", response=PurposeOut, operation_id="change_purpose", summary="Change a purpose")
def patch_purpose(request: HttpRequest, id: str, wanted: PurposeChanges) -> PurposeOut:
    """Calls it otherwise, retires it or takes it up again; what people said stays on record."""
    scope, now = scope_of_request(request), timezone.now()
    row = purposes.find_purpose(scope, id)
    if wanted.name_zh is not None or wanted.name_en is not None:
        names = {"name_zh": row.name_zh if wanted.name_zh is None else wanted.name_zh, "name_en": row.name_en if wanted.name_en is None else wanted.name_en}  # fmt: skip
        purposes.reword(by=scope, purpose=row, now=now, **names)
    if wanted.retired is not None:
        purposes.retire(by=scope, purpose=row, retired=wanted.retired, now=now)
    return purpose_out(purposes.find_purpose(scope, id))


@router.get(
    "/members/{id}/consents", response=list[ConsentOut], operation_id="consents", summary="What a person consented to"
)
def get_consents(request: HttpRequest, id: str) -> list[ConsentOut]:
    """All that the person said to uses of their data, the latest first. Needs members.view."""
    scope = scope_of_request(request)
    scope.require("members.view")
    return [consent_out(each) for each in consents.consents_of(find_person(scope, id))]


@router.post(
    "/members/{id}/consents", response={201: list[ConsentOut]}, operation_id="note_consent", summary="Note a consent"
)
def post_consent(request: HttpRequest, id: str, said: ConsentIn) -> Status[list[ConsentOut]]:
    """Writes down what the person said. Needs members.edit."""
    scope, now = scope_of_request(request), timezone.now()
    scope.require("members.view")
    member = find_person(scope, id)
    told = consents.Said(said.purpose, said.state, said.source, said.wording, said.evidence)
    consents.note(by=scope, members=[member], said=told, at=said.at or now, now=now)
    return Status(201, [consent_out(each) for each in consents.consents_of(member)])
