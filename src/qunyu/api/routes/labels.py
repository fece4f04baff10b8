"""Labels of members, and the thresholds of units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.named import named_communities
from qunyu.api.schemas.basics import Ref, ref_of
from qunyu.api.schemas.labels import (
    AdvisedOut,
    InForce,
    LabelsOut,
    LabelsQuery,
    PreviewOut,
    ThresholdsIn,
    ThresholdsOut,
    advised_out,
    label_out,
    preview_out,
)
from qunyu.communities.queries import communities
from qunyu.flows.thresholds import change_thresholds, preview
from qunyu.insights.label import defaults, labels
from qunyu.members.advice import advised
from qunyu.members.labels import last_run, mix
from qunyu.people.queries import own_settings, settings_in_force, unit_in, units_seen

if TYPE_CHECKING:
    from qunyu.people.models import Unit

router = Router(tags=["labels"])


@router.get("/labels", response=LabelsOut, operation_id="labels", summary="Labels of members")
def all_labels(request: HttpRequest, asked: Query[LabelsQuery]) -> LabelsOut:
    """Every label with its values and how many people have each now; stages and types need orders.view."""
    scope = scope_of_request(request)
    scope.require("members.view")
    counts, run = mix(scope, named_communities(scope, asked.communities)), last_run()
    return LabelsOut(
        as_of=run.as_of if run else None,
        computed_at=run.at if run else None,
        labels=[label_out(label, counts[key]) for key, label in labels().items() if key in counts],
    )


@router.get("/advice", response=list[AdvisedOut], operation_id="advice", summary="What communities’ people ask for")
def advice(request: HttpRequest, asked: Query[LabelsQuery]) -> list[AdvisedOut]:
    """The strategies that the user types of each community ask for, by name of the community. Needs members.view and orders.view."""
    scope = scope_of_request(request)
    found = advised(scope, named_communities(scope, asked.communities))
    rows = communities(scope).filter(id__in=found).order_by("name", "public_id")
    return [advised_out(each, found[each.pk]) for each in rows]


@router.get(
    "/units/{id}/thresholds", response=ThresholdsOut, operation_id="thresholds", summary="What a unit’s labels go by"
)
def thresholds(request: HttpRequest, id: str) -> ThresholdsOut:
    """The thresholds that hold in a unit, and which unit set them."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    return _thresholds(request, unit_in(scope, "settings.edit", id))


@router.put(
    "/units/{id}/thresholds",
    response=ThresholdsOut,
    operation_id="change_thresholds",
    summary="Change what a unit’s labels go by",
)
def put_thresholds(request: HttpRequest, id: str, wanted: ThresholdsIn) -> ThresholdsOut:
    """Sets thresholds of a unit; everybody is labelled anew in the background."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    unit = unit_in(scope, "settings.edit", id)
    change_thresholds(by=scope, unit=unit, changes=wanted.changes, now=timezone.now())
    return _thresholds(request, unit)


@router.post(
    "/units/{id}/thresholds/preview",
    response=PreviewOut,
    operation_id="preview_thresholds",
    summary="What other thresholds would move",
)
def preview_thresholds(request: HttpRequest, id: str, wanted: ThresholdsIn) -> PreviewOut:
    """Who among the unit’s people would be labelled otherwise; nothing is changed."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    return preview_out(preview(by=scope, unit=unit_in(scope, "settings.edit", id), changes=wanted.changes))


def _thresholds(request: HttpRequest, unit: Unit) -> ThresholdsOut:
    own, usual = own_settings(), defaults()
    in_force = {**usual, **settings_in_force()[unit.pk]}
    line = [int(each) for each in reversed(unit.path.strip("/").split("/"))]
    refs = {each.pk: ref_of(each) for each in units_seen(scope_of_request(request))}

    def source(key: str) -> Ref | None:
        setter = next((each for each in line if key in own.get(each, {})), None)
        # A unit above that the caller may not see has no name to them.
        return None if setter is None else refs.get(setter, Ref(id="", name=""))

    return ThresholdsOut(
        unit=ref_of(unit),
        thresholds=[
            InForce(key=key, value=in_force[key], own=own.get(unit.pk, {}).get(key), source=source(key))
            for key in usual
        ],
    )  # fmt: skip
