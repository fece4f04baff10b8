"""Doors: every page of the console and every operation of the API, with what somebody needs to pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

# open: anybody. signed: whoever is signed in. anywhere: the permissions somewhere (a list, which shows what is in scope alone).
# there: the permissions at the unit of what is asked for. top: the permissions at the top of the tree.
Where = Literal["open", "signed", "anywhere", "there", "top"]


@dataclass(frozen=True)
class Door:
    """One way in: `name` of the address or operation, `needs` where, what is sent with it, and what stands in the address."""

    name: str
    method: str
    where: Where
    needs: tuple[str, ...] = ()
    data: dict[str, Any] | Callable[[], dict[str, Any]] | None = None
    address: dict[str, str] = field(default_factory=dict)
    query: str = ""
    # What else is answered to who passes: what is sent is not all that it takes.
    also: tuple[int, ...] = ()


def _page(name: str, where: Where, needs: str = "", **address: str) -> Door:
    query = address.pop("query", "")
    return Door(name, "get", where, tuple(needs.split()), None, address, query)


def _post(name: str, where: Where, needs: str = "", data: dict[str, Any] | None = None, **address: str) -> Door:
    return Door(name, "post", where, tuple(needs.split()), data or {}, address)


SEE, PEOPLE, ORDERS, EDIT = "communities.view", "members.view", "orders.view", "communities.edit"
# Days that the world has data of.
SPAN = "?first=2026-03-01&last=2026-03-31"
MANAGE, IMPORTS, RUN, SETTINGS = "staff.manage", "imports.view", "imports.run", "settings.edit"
EFFORT = "effort.view"
# Zhen is an analyst: whoever changes the account must hold what an analyst holds.
OVER_ZHEN = f"{MANAGE} {SEE} {ORDERS}"

CONSOLE: tuple[Door, ...] = (
    _page("home", "signed"),
    _page("sign_in", "open"),
    _page("second_step", "open"),
    Door("go_to_provider", "get", "open", also=(404,)),
    Door("provider_back", "get", "open", also=(404,)),
    _post("sign_out", "open"),
    _post("language", "open"),
    _page("invitation", "open", public_id="{zhen}", token="{invitation}"),
    _page("board", "anywhere", SEE),
    _page("advice", "anywhere", f"{PEOPLE} {ORDERS}"),
    _page("aarrr", "anywhere", SEE),
    _page("funnel", "anywhere", SEE),
    _page("funnel_people", "anywhere", f"{SEE} {PEOPLE}", step="spoke"),
    _page("growth", "anywhere", SEE),
    _page("leaving", "anywhere", SEE),
    _page("behind", "anywhere", f"{SEE} {PEOPLE}", key="active_members", query="?period=2026-03-01"),
    _page("health", "anywhere", SEE),
    _page("alerts", "anywhere", SEE),
    _page("alert", "there", SEE, public_id="{alert}"),
    _post("see_alert", "there", f"{SEE} {EDIT}", {"do": "see"}, public_id="{alert}"),
    _post("mute_alert", "there", f"{SEE} {EDIT}", {"days": "7"}, public_id="{alert}"),
    _page("metrics", "anywhere", SEE),
    _page("metric", "anywhere", SEE, key="messages"),
    _page("reports", "anywhere", SEE),
    _page("report", "there", SEE, public_id="{report}"),
    _page("report_html", "there", SEE, public_id="{report}"),
    _page("report_png", "there", SEE, public_id="{report}"),
    _post("remove_report", "there", f"{SEE} {MANAGE}", public_id="{report}"),
    _post("add_schedule", "there", SEE, {"unit": "{unit}", "grain": "week", "language": "zh", "hour": "9"}),
    _post("change_schedule", "there", MANAGE, {"do": "stop"}, public_id="{schedule}"),
    _page("communities", "anywhere", SEE),
    _page("community", "there", SEE, public_id="{tea}"),
    _page("community_advice", "there", f"{SEE} {PEOPLE} {ORDERS}", public_id="{tea}"),
    _page("community_people", "there", f"{SEE} {PEOPLE}", public_id="{tea}"),
    _page("community_activity", "there", SEE, public_id="{tea}"),
    _page("community_leaving", "there", SEE, public_id="{tea}"),
    _page("community_network", "there", SEE, public_id="{tea}"),
    _page("community_health", "there", SEE, public_id="{tea}"),
    _page("community_settings", "there", f"{SEE} {EDIT}", public_id="{tea}"),
    Door("community_settings", "post", "there", (SEE, EDIT), {"name": "Mine"}, {"public_id": "{tea}"}),
    _page("community_team", "there", SEE, public_id="{tea}"),
    _post("community_team", "there", f"{SEE} {EDIT}", {"staff": "{zhen}", "kind": "kol"}, public_id="{tea}"),
    _page("members", "anywhere", PEOPLE),
    _page("labels", "anywhere", PEOPLE),
    _page("member", "there", PEOPLE, public_id="{mei}"),
    _page("organisation", "anywhere", MANAGE),
    _page("organisation_import", "anywhere", MANAGE),
    _post("add_unit", "there", MANAGE, {"name": "静安店", "parent": "{unit}"}),
    _post("name_levels", "top", MANAGE, {"level": ["公司"]}),
    _page("unit", "there", MANAGE, public_id="{unit}"),
    _post("rename_unit", "there", MANAGE, {"name": "新名"}, public_id="{unit}"),
    _post("move_unit", "there", MANAGE, {"parent": "{unit}"}, public_id="{team}"),
    _post("remove_unit", "there", MANAGE, public_id="{team}"),
    _page("staff", "anywhere", MANAGE),
    _post("staff", "there", f"{MANAGE} {SEE}", {"username": "new", "name": "新", "role": "kol", "unit": "{unit}"}),
    _page("account_of", "there", MANAGE, public_id="{zhen}"),
    _post("rename_staff", "there", OVER_ZHEN, {"name": "阿珍"}, public_id="{zhen}"),
    _post("give_role", "there", f"{MANAGE} {SEE}", {"role": "kol", "unit": "{unit}"}, public_id="{zhen}"),
    _post("take_role", "there", MANAGE, public_id="{zhen}", key="{grant}"),
    _post("invite_staff", "there", OVER_ZHEN, public_id="{zhen}"),
    _post("set_active", "there", OVER_ZHEN, {"active": "no"}, public_id="{zhen}"),
    _post("revoke_token_of", "there", OVER_ZHEN, public_id="{zhen}", token_id="{token}"),
    _page("access", "there", OVER_ZHEN, public_id="{zhen}"),
    _post("access", "there", OVER_ZHEN, {"password": "a fresh long secret 5"}, public_id="{zhen}"),
    _post("end_all_theirs", "there", OVER_ZHEN, public_id="{zhen}"),
    _post("end_theirs", "there", OVER_ZHEN, public_id="{zhen}", session_id="{session}"),
    Door("reset_theirs", "post", "there", tuple(OVER_ZHEN.split()), {}, {"public_id": "{zhen}"}, also=(400,)),
    _page("roles", "anywhere", MANAGE),
    _post("roles", "top", f"{MANAGE} {SEE}", {"name_zh": "助教", "permission": [SEE]}),
    _page("role", "top", MANAGE, code="keeper"),
    _post("remove_role", "top", MANAGE, code="keeper"),
    _page("load", "anywhere", EFFORT),
    _post("load_limits", "there", SETTINGS, {"unit": "{unit}", "load.members": "9"}),
    _page("effort", "anywhere", EFFORT),
    _page("duties", "anywhere", SEE),
    Door("import_duties", "post", "anywhere", (SEE, EDIT), {}, also=(400,)),
    _post("end_duty", "there", f"{SEE} {EDIT}", public_id="{duty}"),
    _page("operator", "there", EFFORT, public_id="{zhen}"),
    _post("give_duty", "there", f"{EFFORT} {SEE} {EDIT}", {"community": "{tea}", "kind": "kol"}, public_id="{zhen}"),
    Door("hand_over", "post", "there", (EFFORT, EDIT), {}, {"public_id": "{zhen}"}, also=(400,)),
    _post("link_person", "there", f"{EFFORT} {MANAGE} {PEOPLE}", {"member": "{mei}"}, public_id="{zhen}"),
    _post("unlink_person", "there", f"{EFFORT} {MANAGE} {PEOPLE}", public_id="{zhen}", member="{mei}"),
    _page("work", "signed"),
    Door("work", "post", "signed", (), {}, also=(400,)),
    Door("import_work", "post", "signed", (), {}, also=(400,)),
    _page("work_entry", "signed", public_id="nothing"),
    _page("imports", "anywhere", IMPORTS),
    _page("import_new", "anywhere", RUN),
    _page("import_preview", "anywhere", RUN, upload_id="nothing"),
    _page("import", "there", IMPORTS, public_id="{import}"),
    _page("import_undo", "there", f"{IMPORTS} {RUN}", public_id="{import}"),
    _post("import_undo", "there", f"{IMPORTS} {RUN}", public_id="{import}"),
    _page("thresholds", "anywhere", SETTINGS),
    _page("unit_thresholds", "there", SETTINGS, public_id="{unit}"),
    _post("unit_thresholds", "there", SETTINGS, {"do": "save"}, public_id="{unit}"),
    _page("account", "signed"),
    _page("new_password", "signed"),
    Door("provider", "get", "signed", also=(404,)),
    Door("link_provider", "post", "signed", also=(404,)),
    Door("unlink_provider", "post", "signed", also=(404,)),
    _post("end_my_others", "signed"),
    _post("end_mine", "signed", public_id="nothing"),
    _page("second_factor", "signed"),
    _post("begin_second_factor", "signed"),
    Door("recovery_codes", "post", "signed", also=(400,)),
    Door("second_factor_off", "post", "signed", also=(400,)),
    _page("sign_in_rules", "anywhere", MANAGE),
    Door("sign_in_rules", "post", "top", (MANAGE,), {}, also=(400,)),
    _page("tokens", "signed"),
    _post("tokens", "signed", "", {"name": "mine"}),
    _post("revoke_token", "signed", public_id="nothing"),
    _page("audit", "top", "audit.view"),
)


def _ask(name: str, method: str, where: Where, needs: str = "", data: Any = None, **address: str) -> Door:
    query = address.pop("query", "")
    return Door(name, method, where, tuple(needs.split()), data, address, query)


API: tuple[Door, ...] = (
    _ask("me", "get", "signed"),
    _ask("units", "get", "signed"),
    _ask("add_unit", "post", "there", MANAGE, {"parent": "{unit}", "name": "静安店"}),
    _ask("change_unit", "patch", "there", MANAGE, {"name": "新名"}, id="{unit}"),
    _ask("remove_unit", "delete", "there", MANAGE, id="{team}"),
    _ask("levels", "get", "anywhere", MANAGE),
    _ask("name_levels", "put", "top", MANAGE, {"names": ["公司"]}),
    _ask("roles", "get", "anywhere", MANAGE),
    _ask("add_role", "post", "top", f"{MANAGE} {SEE}", {"name_zh": "助教", "permissions": [SEE]}),
    _ask("change_role", "put", "top", f"{MANAGE} {SEE}", {"name_zh": "店长", "permissions": [SEE]}, code="keeper"),
    _ask("remove_role", "delete", "top", MANAGE, code="keeper"),
    _ask("staff", "get", "anywhere", MANAGE),
    _ask("add_staff", "post", "there", f"{MANAGE} {SEE}",
         {"username": "new", "name": "新", "role": "kol", "unit": "{unit}"}),
    _ask("account", "get", "there", MANAGE, id="{zhen}"),
    _ask("change_staff", "patch", "there", OVER_ZHEN, {"name": "阿珍"}, id="{zhen}"),
    _ask("invite_staff", "post", "there", OVER_ZHEN, id="{zhen}"),
    _ask("give_role", "post", "there", f"{MANAGE} {SEE}", {"role": "kol", "unit": "{unit}"}, id="{zhen}"),
    _ask("take_role", "delete", "there", MANAGE, id="{zhen}", grant="{grant}"),
    _ask("sessions", "get", "signed"),
    _ask("end_sessions", "delete", "signed"),
    _ask("end_session", "delete", "signed", id="nothing"),
    _ask("staff_sessions", "get", "there", OVER_ZHEN, id="{zhen}"),
    _ask("end_staff_sessions", "delete", "there", OVER_ZHEN, id="{zhen}"),
    _ask("end_staff_session", "delete", "there", OVER_ZHEN, id="{zhen}", session="{session}"),
    Door("reset_factor", "delete", "there", tuple(OVER_ZHEN.split()), None, {"id": "{zhen}"}, also=(409, 422)),
    _ask("second_factor", "get", "signed"),
    _ask("sign_in_rules", "get", "anywhere", MANAGE),
    _ask("change_rules", "patch", "top", MANAGE, {"min_length": 12}),
    _ask("duties", "get", "anywhere", SEE),
    _ask("give_duty", "post", "there", f"{SEE} {EDIT}", {"community": "{tea}", "account": "{zhen}", "kind": "kol"}),
    Door("hand_over_duties", "post", "there", (EDIT,), {"account": "{zhen}", "to": "{zhen}"}, also=(422,)),
    # That the file is missing is said before anything is asked of the caller.
    Door("import_duties", "post", "signed", also=(422,)),
    _ask("end_duty", "delete", "there", f"{SEE} {EDIT}", id="{duty}"),
    _ask("operator_people", "get", "there", f"{EFFORT} {PEOPLE}", id="{zhen}"),
    _ask("link_person", "put", "there", f"{EFFORT} {MANAGE} {PEOPLE}", id="{zhen}", member="{mei}"),
    _ask("unlink_person", "delete", "there", f"{EFFORT} {MANAGE} {PEOPLE}", id="{zhen}", member="{mei}"),
    _ask("load", "get", "anywhere", EFFORT),
    _ask("load_limits", "get", "there", SETTINGS, id="{unit}"),
    _ask("change_load_limits", "put", "there", SETTINGS, {"changes": {"load.members": 9}}, id="{unit}"),
    _ask("preview_load_limits", "post", "there", f"{EFFORT} {SETTINGS}", {"changes": {"load.members": 9}}, id="{unit}"),
    _ask("effort", "get", "anywhere", EFFORT),
    _ask("operator_texts", "get", "there", f"{EFFORT} {PEOPLE}", id="{zhen}"),
    _ask("work_kinds", "get", "signed"),
    _ask("work", "get", "signed"),
    _ask("add_work", "post", "signed", "", {"day": "2026-03-02", "minutes": 5, "kind": "answering"}),
    Door("import_work", "post", "signed", also=(422,)),
    _ask("change_work", "put", "signed", "", {"day": "2026-03-02", "minutes": 5, "kind": "answering"}, id="nothing"),
    _ask("remove_work", "delete", "signed", id="nothing"),
    _ask("tokens", "get", "signed"),
    _ask("issue_token", "post", "signed", "", {"name": "mine"}),
    _ask("revoke_token", "delete", "signed", id="nothing"),
    _ask("metrics", "get", "signed"),
    _ask("metric", "get", "signed", key="messages"),
    _ask("board", "get", "anywhere", SEE),
    _ask("cohorts", "get", "anywhere", SEE),
    _ask("communities", "get", "anywhere", SEE),
    _ask("community", "get", "there", SEE, id="{tea}"),
    _ask("edit_community", "patch", "there", f"{SEE} {EDIT}", {"name": "Mine"}, id="{tea}"),
    _ask("community_members", "get", "there", f"{SEE} {PEOPLE}", id="{tea}"),
    _ask("members", "get", "anywhere", PEOPLE),
    _ask("member", "get", "there", PEOPLE, id="{mei}"),
    _ask("labels", "get", "anywhere", PEOPLE),
    _ask("advice", "get", "anywhere", f"{PEOPLE} {ORDERS}"),
    _ask("thresholds", "get", "there", SETTINGS, id="{unit}"),
    _ask("change_thresholds", "put", "there", SETTINGS, {"changes": {"tier_window": 60}}, id="{unit}"),
    _ask("preview_thresholds", "post", "there", SETTINGS, {"changes": {"tier_window": 60}}, id="{unit}"),
    _ask("reports", "get", "anywhere", SEE),
    _ask("report", "get", "there", SEE, id="{report}"),
    _ask("report_file", "get", "there", SEE, id="{report}", kind="html"),
    _ask("schedules", "get", "signed"),
    _ask("add_schedule", "post", "there", SEE, {"unit": "{unit}"}),
    _ask("remove_schedule", "delete", "there", MANAGE, id="{schedule}"),
    _ask("orders", "get", "anywhere", ORDERS),
    _ask("formats", "get", "signed"),
    _ask("imports", "get", "anywhere", IMPORTS),
    _ask("ask_import", "post", "there", RUN, {"unit": "{unit}"}),
    _ask("import", "get", "there", IMPORTS, id="{import}"),
    _ask("undo_import", "delete", "there", f"{IMPORTS} {RUN}", id="{import}"),
    _ask("import_problems", "get", "there", IMPORTS, id="{import}"),
    _ask("board_people", "get", "anywhere", f"{SEE} {PEOPLE}",
         query="?metric=active_members&period=2026-03-01"),
    _ask("funnel", "get", "anywhere", SEE, query=SPAN),
    _ask("funnel_people", "get", "anywhere", f"{SEE} {PEOPLE}", query=f"{SPAN}&step=spoke"),
    _ask("growth", "get", "anywhere", SEE, query=SPAN),
    _ask("leaving", "get", "anywhere", SEE, query=SPAN),
    _ask("leaving_words", "get", "anywhere", f"{SEE} {PEOPLE}", query=SPAN),
    _ask("community_network", "get", "there", SEE, id="{tea}", query=SPAN),
    _ask("health", "get", "anywhere", SEE),
    _ask("community_health", "get", "there", SEE, id="{tea}"),
    _ask("alerts", "get", "anywhere", SEE),
    _ask("alert", "get", "there", SEE, id="{alert}"),
    _ask("see_alert", "patch", "there", f"{SEE} {EDIT}", {"seen": True}, id="{alert}"),

    _ask("mute", "post", "there", f"{SEE} {EDIT}", {"community": "{tea}", "metric": "messages", "until": None}),
)  # fmt: skip
