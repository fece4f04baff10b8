"""Duties: the list of who runs what, its import, and ending one; and the tab of a community with who runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.communities.duties import DUTY_KINDS, end_duty, give_duty
from qunyu.communities.duty_queries import duties, find_duty
from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.given_files import taken_over
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.pages.community import found_community, header_of
from qunyu.console.templatetags.showing import day
from qunyu.flows.duty_table import TITLES, take_duties
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.operators import reaching
from qunyu.reports.names import platform

if TYPE_CHECKING:
    from qunyu.communities.models import Community, Duty

GIVEN, ENDED = Words("职责已分配", "The duty is given"), Words("职责已结束", "The duty is ended")
RUNNING = [("running", Words("进行中", "Running")), ("ended", Words("已结束", "Ended"))]

# The titles are those that the import knows.
COLUMNS = (
    Column[Any]("community", Words("社群", "Community"), lambda row: row.community.name, sort="community__name", fixed=True),
    Column[Any]("platform", Words("平台", "Platform"), lambda row: platform(row.community.platform),
                lambda row: row.community.platform, "community__platform"),
    Column[Any]("account", Words("账号", "Account"), lambda row: row.staff.username, sort="staff__username"),
    Column[Any]("name", Words("姓名", "Name"), lambda row: row.staff.name, sort="staff__name"),
    Column[Any]("duty", Words("职责", "Duty"), lambda row: DUTY_KINDS[row.kind], sort="kind"),
    Column[Any]("since", Words("开始", "Since"), lambda row: day(row.since), lambda row: row.since, "since", number=True),
    Column[Any]("until", Words("结束", "Until"), lambda row: day(row.until), lambda row: row.until, "until", number=True),
)  # fmt: skip


def show_duties(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export."""
    return _page(request, Form({}), [])


def import_duties(request: Ask) -> HttpResponseBase:
    """Takes a table of duties over."""
    request.scope.require("communities.edit")
    form = Form.of(request)
    lines = taken_over(request, form, take_duties)
    return _page(request, form, lines) if form.errors else redirect("console:duties")


def _page(request: Ask, form: Form, lines: list[Words]) -> HttpResponseBase:
    request.scope.require("communities.view")
    filters = [
        Filter("kind", Words("职责", "Duty"), list(DUTY_KINDS.items()), request.GET.get("kind", "")),
        Filter("state", Words("状态", "State"), RUNNING, request.GET.get("state", "")),
    ]
    search = request.GET.get("q", "").strip()
    listing = Listing[Any](COLUMNS, request.GET, "community", _link, chips=chips(request.GET, filters))
    rows = listing.ordered(_narrowed(request, search))
    file = listing.export(rows, "duties")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": search,
        "form": form,
        "lines": lines,
        "columns": TITLES.values(),
        "may_edit": request.scope.may("communities.edit"),
        "nothing_yet": "" if listing.chips or duties(request.scope).exists() else NOBODY,
    }
    return answer(request, "duties", context, part="_list", status=400 if form.errors else 200)


NOBODY = Words(
    "还没有记录谁在运营哪个社群；到社群的“运营”页签分配，或在这里导入表格",
    "Nobody is known to run any community yet; give duties on a community’s tab “Team”, or import a table here",
)


def _narrowed(request: Ask, search: str) -> Any:
    rows, kind, state = duties(request.scope), request.GET.get("kind", ""), request.GET.get("state", "")
    if search:
        rows = rows.filter(
            Q(community__name__icontains=search)
            | Q(staff__name__icontains=search)
            | Q(staff__username__icontains=search)
        )
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(until__isnull=state == "running") if state in ("running", "ended") else rows


def _link(row: Duty) -> str:
    from django.urls import reverse

    return reverse("console:community_team", args=[row.community.public_id])


def show_team(request: Ask, public_id: str) -> HttpResponse:
    """Who runs a community, who did, and the form that gives a duty; posted it gives one."""
    community = found_community(request, public_id)
    form = Form.of(request)
    if request.method == "POST":
        request.scope.require("communities.edit", community.unit_id)
        if form.required("staff", "kind") and _give(request, community, form):
            return redirect("console:community_team", public_id)
    may = request.scope.may("communities.edit", community.unit_id)
    found = list(duties(request.scope).filter(community=community).order_by("staff__name", "-since", "id"))
    found.sort(key=lambda each: list(DUTY_KINDS).index(each.kind))
    context = {
        "form": form,
        "may_edit": may,
        "team": [(each, DUTY_KINDS[each.kind]) for each in found if each.until is None],
        "before": [(each, DUTY_KINDS[each.kind]) for each in found if each.until is not None],
        "people": reaching(community.unit) if may else [],
        "kinds": DUTY_KINDS.items(),
        **header_of(request, community, "team"),
    }
    return answer(request, "community_team", context, status=400 if form.errors else 200)


def _give(request: Ask, community: Community, form: Form) -> bool:
    """Gives the duty that the form asks for; whether it could be given."""
    staff = next((each for each in reaching(community.unit) if each.public_id == form.text("staff")), None)
    if staff is None:
        form.errors["staff"] = str(
            Words("没有这个账号，或它在这里没有角色", "there is no such account, or it holds no role here")
        )
        return False
    try:
        give_duty(by=request.scope, community=community, staff=staff, kind=form.text("kind"), now=timezone.now())
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
        return False
    messages.success(request, str(GIVEN))
    return True


def end(request: Ask, public_id: str) -> HttpResponse:
    """Ends a duty; back to where it was ended."""
    duty = find_duty(request.scope, public_id)
    end_duty(by=request.scope, duty=duty, now=timezone.now())
    messages.success(request, str(ENDED))
    if request.POST.get("from") == "operator":
        return redirect("console:operator", duty.staff.public_id)
    return redirect("console:community_team", duty.community.public_id)


def places_to_run(request: Ask) -> list[Community]:
    """The communities that may be given to somebody, by name."""
    return list(communities(request.scope).visible_to(request.scope, "communities.edit").order_by("name", "id"))
