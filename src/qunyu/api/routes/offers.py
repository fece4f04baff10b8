"""Offers, to whom they were given, what came of it, and who prefers what."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.routes.duties import data_of, taken_out
from qunyu.api.schemas.offers import (
    DrawnOut,
    GiveIn,
    MatchOut,
    OfferIn,
    OfferOut,
    ReceiverOut,
    ReceiverQuery,
    ResultOut,
    TasteOut,
    drawn_out,
    match_out,
    offer_out,
    receiver_out,
    result_out,
    taste_out,
)
from qunyu.api.schemas.operators import TakenOut
from qunyu.flows.offers_table import take_offers
from qunyu.insights.label import find_label
from qunyu.members.queries import find_person
from qunyu.offers.actions import Plan, Terms, archive_offer, draw, give_offer, save_offer
from qunyu.offers.preferences import best_for, suiting
from qunyu.offers.queries import find_giving, find_offer, givings_of, last_order_day, offers, received
from qunyu.offers.results import results
from qunyu.offers.taking_back import take_back_giving
from qunyu.people.queries import unit_in
from qunyu.segments.queries import find_segment

router = Router(tags=["offers"])
SHOWN = 200


@router.get("/offers", response=Page[OfferOut], operation_id="offers", summary="Offers")
def get_offers(request: HttpRequest, archived: bool = False, limit: int = 50, cursor: str = "") -> Page[OfferOut]:
    """Those of units where the caller may see people and orders, by name."""
    found = offers(scope_of_request(request), archived=archived)
    rows, following = page(Turn(request, min(max(limit, 1), 200), cursor), found, ("name", "public_id"))
    return Page[OfferOut](items=[offer_out(each) for each in rows], next=following)


@router.post("/offers", response={201: OfferOut}, operation_id="make_offer", summary="Make an offer")
def post_offer(request: HttpRequest, wanted: OfferIn) -> Status[OfferOut]:
    """Needs settings.edit at the unit."""
    scope = scope_of_request(request)
    unit = unit_in(scope, "settings.edit", wanted.unit)
    return Status(201, offer_out(save_offer(by=scope, unit=unit, offer=None, terms=_terms(wanted), now=timezone.now())))


def _terms(wanted: OfferIn) -> Terms:
    return Terms(**{name: value for name, value in wanted.dict().items() if name != "unit"})


@router.post("/offers/import", response=TakenOut, operation_id="import_offers", summary="Import offers from a table")
def post_offers(request: HttpRequest, file: UploadedFile = File(...)) -> TakenOut:  # noqa: B008
    """Makes those of a CSV or XLSX that are not there yet, or none if a line is wrong. Needs settings.edit at their units."""
    taken = take_offers(by=scope_of_request(request), name=file.name or "table", data=data_of(file), now=timezone.now())
    return taken_out(taken)


@router.get("/offers/{id}", response=OfferOut, operation_id="offer", summary="One offer")
def get_offer(request: HttpRequest, id: str) -> OfferOut:
    """As it stands, put away or not."""
    return offer_out(find_offer(scope_of_request(request), id))


@router.put("/offers/{id}", response=OfferOut, operation_id="change_offer", summary="Change an offer")
def put_offer(request: HttpRequest, id: str, wanted: OfferIn) -> OfferOut:
    """Writes it anew. Needs settings.edit at its unit."""
    scope = scope_of_request(request)
    found = find_offer(scope, id)
    return offer_out(save_offer(by=scope, unit=found.unit, offer=found, terms=_terms(wanted), now=timezone.now()))


@router.post("/offers/{id}/archive", response=OfferOut, operation_id="archive_offer", summary="Put an offer away")
def post_archive(request: HttpRequest, id: str, back: bool = False) -> OfferOut:
    """Puts it away, or `back` into use. Needs settings.edit at its unit."""
    scope = scope_of_request(request)
    archive_offer(by=scope, offer=find_offer(scope, id), archived=not back, now=timezone.now())
    return offer_out(find_offer(scope, id))


@router.get("/offers/{id}/givings", response=list[ResultOut], operation_id="givings", summary="What came of an offer")
def get_givings(request: HttpRequest, id: str) -> list[ResultOut]:
    """Each time it was given, the latest 200 first."""
    scope = scope_of_request(request)
    offer = find_offer(scope, id)
    found = list(givings_of(offer).select_related("offer__unit")[:SHOWN])
    return [result_out(each) for each in results(scope, found, last_order_day(scope, offer.unit))]


@router.get(
    "/offers/{id}/givings/{giving}",
    response=Page[ReceiverOut],
    operation_id="receivers",
    summary="Who got an offer, and who was left out by lot",
)
def get_receivers(request: HttpRequest, id: str, giving: str, asked: Query[ReceiverQuery]) -> Page[ReceiverOut]:
    """The people of one giving: send it to those who got it, and not to those whom the lot `held` back."""
    scope = scope_of_request(request)
    found = received(scope, find_giving(find_offer(scope, id), giving), asked.held, asked.q.strip())
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("id",))
    return Page[ReceiverOut](items=[receiver_out(each) for each in rows], next=following)


@router.post("/offers/{id}/givings", response={201: DrawnOut}, operation_id="give_offer", summary="Give an offer")
def post_giving(request: HttpRequest, id: str, wanted: GiveIn) -> Status[DrawnOut]:
    """Keeps that it is given to who is in the segment now; nothing is sent. One to one it is a selling contact with each.

    Needs members.view, orders.view and members.edit at its unit.
    """
    scope = scope_of_request(request)
    plan = Plan(wanted.channel, wanted.days, wanted.holdout)
    segment = find_segment(scope, wanted.segment)
    made = give_offer(by=scope, offer=find_offer(scope, id), segment=segment, plan=plan, now=timezone.now())
    return Status(201, drawn_out(made))


@router.delete(
    "/offers/{id}/givings/{giving}", response={204: None}, operation_id="take_back_giving", summary="Take a giving back"
)
def delete_giving(request: HttpRequest, id: str, giving: str) -> Status[None]:
    """Undoes it within an hour, while none of its contacts was changed or has a result; their places under the cap are free again.

    Needs members.view, orders.view and members.edit at the offer's unit.
    """
    scope = scope_of_request(request)
    take_back_giving(by=scope, giving=find_giving(find_offer(scope, id), giving), now=timezone.now())
    return Status(204, None)


@router.post("/offers/{id}/draw", response=DrawnOut, operation_id="draw_offer", summary="See whom it would go to")
def post_draw(request: HttpRequest, id: str, wanted: GiveIn) -> DrawnOut:
    """The same, keeping nothing."""
    scope = scope_of_request(request)
    offer, plan = find_offer(scope, id), Plan(wanted.channel, wanted.days, wanted.holdout)
    segment = find_segment(scope, wanted.segment)
    found = draw(by=scope, offer=offer, segment=segment, plan=plan, seed=offer.public_id, now=timezone.now())
    return DrawnOut(given=len(found.given), held=len(found.held), left_out=found.left_out)


@router.get("/preferences/{unit}", response=TasteOut, operation_id="preferences", summary="Who prefers what")
def get_preferences(request: HttpRequest, unit: str, segment: str = "", user_type: str = "loyal") -> TasteOut:
    """What the people of a segment, or of a user type, buy beside everybody, and the offers that suit them. Needs members.view and orders.view there."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = unit_in(scope, "orders.view", unit)
    whose = find_segment(scope, segment) if segment else find_label("user_type").value(user_type).code
    taste, matches = suiting(scope, found, whose, timezone.now())
    return taste_out(taste, matches)


@router.get(
    "/preferences/{unit}/members/{id}",
    response={200: MatchOut, 204: None},
    operation_id="best_offer",
    summary="The offer for one person",
)
def get_best(request: HttpRequest, unit: str, id: str) -> Status[MatchOut | None]:
    """The offer that suits people of their user type best and that they may get; nothing where none is known."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = best_for(scope, unit_in(scope, "orders.view", unit), find_person(scope, id), timezone.now())
    return Status(200, match_out(found)) if found else Status(204, None)
