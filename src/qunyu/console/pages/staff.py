"""Staff: the accounts, and one account with its roles and tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.pages.inviting import address_of
from qunyu.console.templatetags.showing import ago
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people import actions
from qunyu.people.queries import (
    StaffWanted,
    find_grant,
    find_staff,
    grants_of,
    managed_grants,
    roles,
    search_staff,
    stands_over,
    token_of,
    tokens_of,
    unit_in,
    units_in,
)
from qunyu.people.sign_in_rules import password_words, rules_now

if TYPE_CHECKING:
    from qunyu.people.models import Staff

ADDED = Words("已添加", "Added")
CHANGED = Words("已更改", "Changed")
STATES: tuple[tuple[str, object], ...] = (
    ("active", Words("在用", "In use")),
    ("closed", Words("已停用", "Closed")),
    ("roleless", Words("没有角色", "Without a role")),
)
ELSEWHERE = Words("另有 {n} 项在您管理范围之外", "And {n} in units you do not manage")
NO_ROLE = Words("没有角色", "No role")
COLUMNS = (
    Column[Any]("name", Words("姓名", "Name"), lambda row: row.name, sort="name", fixed=True),
    Column[Any]("username", Words("用户名", "User name"), lambda row: row.username, sort="username"),
    Column[Any]("roles", Words("角色", "Roles"), lambda row: _roles(row) or NO_ROLE),
    Column[Any]("state", Words("状态", "State"), lambda row: STATES[0 if row.is_active else 1][1], sort="is_active"),
    Column[Any]("last_login", Words("最近登录", "Last sign-in"), lambda row: ago(row.last_login),
                lambda row: row.last_login, "last_login", number=True),
    Column[Any]("created_at", Words("添加时间", "Added"), lambda row: ago(row.created_at), lambda row: row.created_at,
                "created_at", number=True, optional=True),
)  # fmt: skip


def _roles(row: Staff) -> str:
    held = (f"{each.role.title} · {each.unit.name}" for each in managed_grants(row))
    return ", ".join(held)


def show_staff(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export; with POST adds an account with its first role."""
    request.scope.require("staff.manage")
    form = Form.of(request)
    if request.method == "POST" and _add(request, form):
        messages.success(request, str(ADDED))
        return redirect("console:staff")
    filters, search = _filters(request), request.GET.get("q", "").strip()
    listing = Listing[Any](COLUMNS, request.GET, "name", link, chips=chips(request.GET, filters))
    rows = listing.ordered(search_staff(request.scope, _wanted(request.GET)))
    file = listing.export(rows, "staff")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": search,
        "form": form,
        "open_form": "staff" if form.errors else "",
        "password_rules": password_words(rules_now()),
        **choices(request),
    }
    return answer(request, "staff", context, part="_list", status=400 if form.errors else 200)


def link(row: Any) -> str:
    """The account's page."""
    return reverse("console:account_of", args=[row.public_id])


def choices(request: Ask) -> dict[str, Any]:
    """What a grant's form offers: the roles, and the units that `request` manages."""
    units = units_in(request.scope, "staff.manage")
    indented = [(unit, unit.depth, "　" * min(unit.depth, 6)) for unit in units]
    return {"units": indented, "roles": [(each, ()) for each in roles()]}


def _filters(request: Ask) -> list[Filter]:
    given = request.GET
    units = [(unit.public_id, f"{'　' * unit.depth}{unit.name}") for unit in units_in(request.scope, "staff.manage")]
    return [
        Filter("role", Words("角色", "Role"), [(each.code, each.title) for each in roles()], given.get("role", "")),
        Filter("unit", Words("组织单位", "Unit"), units, given.get("unit", "")),
        Filter("state", Words("状态", "State"), STATES, given.get("state", "")),
    ]


def _wanted(given: QueryDict) -> StaffWanted:
    return StaffWanted(given.get("q", "").strip(), given.get("role", ""), given.get("unit", ""), given.get("state", ""))


def _add(request: Ask, form: Form) -> bool:
    if not form.required("username", "name", "role", "unit"):
        return False
    username, name = form.text("username"), form.text("name")
    password = str(form.given.get("password", "")) or None

    @transaction.atomic
    def add() -> None:
        unit = unit_in(request.scope, "staff.manage", form.text("unit"))
        staff = actions.add_staff(by=request.scope, username=username, name=name, password=password, now=timezone.now())
        actions.grant(by=request.scope, staff=staff, role=form.text("role"), unit=unit, now=timezone.now())

    return _tried(form, add)


def show_account_of(request: Ask, public_id: str) -> HttpResponse:
    """One account: who it is, its roles, and its tokens."""
    return _account(request, find_staff(request.scope, public_id), Form({}), "")


def _account(request: Ask, staff: Staff, form: Form, open_form: str, invitation: str = "") -> HttpResponse:
    grants = grants_of(staff)
    away = sum(not request.scope.may("staff.manage", each.unit_id) for each in grants)
    context = {
        "person": staff,
        "grants": [each for each in grants if request.scope.may("staff.manage", each.unit_id)],
        "elsewhere": ELSEWHERE.fill(n=away) if away else "",
        "mine": staff.pk == request.user.pk,
        "over": stands_over(request.scope, staff),
        "tokens": tokens_of(staff),
        "now": timezone.now(),
        "form": form,
        "open_form": open_form,
        "invitation": invitation,
        "password_rules": password_words(rules_now()),
        **choices(request),
    }
    return answer(request, "account_of", context, status=400 if form.errors else 200)


def rename_staff(request: Ask, public_id: str) -> HttpResponse:
    """Calls an account something else."""
    staff = find_staff(request.scope, public_id)
    form = Form.of(request)
    if form.required("name"):
        name = form.text("name")
        _tried(form, lambda: actions.rename_staff(by=request.scope, staff=staff, name=name, now=timezone.now()))
    return _done(request, staff, form, "name")


def invite_staff(request: Ask, public_id: str) -> HttpResponse:
    """Makes a link for somebody to choose a password, shown this once."""
    staff = find_staff(request.scope, public_id)
    token = actions.invite(by=request.scope, staff=staff, now=timezone.now())
    return _account(request, staff, Form({}), "", address_of(request, staff, token))


def give_role(request: Ask, public_id: str) -> HttpResponse:
    """Grants somebody a role at a unit."""
    staff = find_staff(request.scope, public_id)
    form = Form.of(request)

    def give() -> None:
        unit = unit_in(request.scope, "staff.manage", form.text("unit"))
        actions.grant(by=request.scope, staff=staff, role=form.text("role"), unit=unit, now=timezone.now())

    if form.required("role", "unit"):
        _tried(form, give)
    return _done(request, staff, form, "grant")


def take_role(request: Ask, public_id: str, key: int) -> HttpResponse:
    """Takes a grant back."""
    staff = find_staff(request.scope, public_id)
    grant = find_grant(request.scope, staff, key)
    form = Form({})
    _tried(form, lambda: actions.revoke(by=request.scope, grant=grant, now=timezone.now()))
    return _done(request, staff, form, "")


def set_active(request: Ask, public_id: str) -> HttpResponse:
    """Closes an account or opens it again."""
    staff = find_staff(request.scope, public_id)
    active = request.POST.get("active") == "yes"
    form = Form({})
    _tried(form, lambda: actions.set_active(by=request.scope, staff=staff, active=active, now=timezone.now()))
    return _done(request, staff, form, "")


def revoke_token_of(request: Ask, public_id: str, token_id: str) -> HttpResponse:
    """Ends somebody's token at once."""
    staff = find_staff(request.scope, public_id)
    token = token_of(staff, token_id)
    form = Form({})
    _tried(form, lambda: actions.revoke_token(by=request.scope, token=token, now=timezone.now()))
    return _done(request, staff, form, "")


def _tried(form: Form, act: Callable[[], object]) -> bool:
    """Whether it could be done; else what is wrong stands in the form."""
    try:
        act()
    except DomainError as error:
        place = "unit" if error.code == "unknown_unit" else str(error.data.get("field", ""))
        form.refuse(error, place)
    return not form.errors


def _done(request: Ask, staff: Staff, form: Form, open_form: str) -> HttpResponse:
    if form.errors:
        staff.refresh_from_db()
        return _account(request, staff, form, open_form)
    messages.success(request, str(CHANGED))
    return redirect("console:account_of", staff.public_id)
