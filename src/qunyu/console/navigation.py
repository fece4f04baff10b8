"""Navigation: the console's map, in the order of an operator's day; what is not built, or not allowed, is absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from qunyu import __version__
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words, language

_PRIVACY = (
    "privacy_new",
    "privacy_request",
    "privacy_period",
    "privacy_deadline",
    "purposes",
    "purpose_new",
    "purpose",
)

_COMMUNITY = (
    "community",
    *(
        f"community_{tab}"
        for tab in ("advice", "people", "activity", "leaving", "network", "health", "team", "settings")
    ),
)


@dataclass(frozen=True)
class Place:
    """One entry: `name` is the address's name, `within` the names of the pages that lie below it.

    `permission` names every permission the page needs, with blanks between.
    """

    name: str
    title: Words
    icon: str
    permission: str = ""
    within: tuple[str, ...] = ()
    below: tuple[Place, ...] = ()

    @property
    def address(self) -> str:
        return f"console:{self.name}"


MAP = (
    Place("board", Words("看板", "Board"), "chart-bar", "communities.view", below=(
        Place("aarrr", Words("增长 AARRR", "AARRR"), "filter-dollar", "communities.view", within=("behind", "funnel", "funnel_people", "growth", "leaving")),
        Place("health", Words("健康", "Health"), "heartbeat", "communities.view"),
        Place("alerts", Words("预警", "Alerts"), "bell", "communities.view", within=("alert",)),
        Place("advice", Words("建议", "Advice"), "bulb", "members.view orders.view"),
        Place("reports", Words("报告", "Reports"), "report", "communities.view", within=("report",)),
        Place("metrics", Words("指标说明", "Metrics"), "ruler-measure", within=("metric",)),
    )),
    Place("communities", Words("社群", "Communities"), "messages", "communities.view", within=_COMMUNITY),
    Place("members", Words("成员", "Members"), "users", "members.view", within=("member", "member_edit", "member_merge", "contact", "member_care"), below=(
        Place("calendar", Words("关系日历", "Relationship calendar"), "calendar-heart", "members.view",
              within=("care_results", "care_settings", "openings", "favours", "favour", "favour_new")),
        Place("segments", Words("人群", "Segments"), "users-minus", "members.view",
              within=("segment", "segment_new", "segment_edit", "segment_people", "segment_compare")),
        Place("prospects", Words("可转化名单", "Prospects"), "target-arrow", "members.view orders.view", within=("prospect", "prospect_settings", "worth")),
        Place("offers", Words("优惠方案", "Offers"), "gift", "members.view orders.view",
              within=("offer", "offer_new", "offer_edit", "offer_give", "offers_import", "giving", "giving_take_back", "preferences")),
        Place("labels", Words("分层与类型", "Labels"), "tags", "members.view"),
        Place("tags", Words("标签", "Tags"), "tag", "members.view", within=("tag", "tag_group", "tag_new", "tag_acts", "tag_people", "tags_import", "tags_check")),
        Place("experts", Words("找专家", "Find an expert"), "zoom-question", "members.view"),
        Place("same_person", Words("疑似同一人", "Same person?"), "users-group", "members.view"),
        Place("satisfaction", Words("满意度", "Satisfaction"), "mood-smile", "members.view",
              within=("opinion", "opinion_add", "opinions_import", "opinions_check", "surveys", "survey", "survey_new", "survey_edit", "survey_ask")),
        Place("points", Words("积分与权益", "Points & levels"), "coins", "members.view",
              within=("points_ledger", "points_expiring", "points_give", "points_give_check", "points_programme", "points_rule", "levels", "level_new", "level",
                      "standings",
                      "benefits", "benefit_new", "benefit", "benefit_uses", "rewards", "reward_new", "reward", "redemptions", "redemption", "vip",
                      "vip_mark", "vip_door", "member_points")),
        Place("consents", Words("同意记录", "Consents"), "checkbox", "members.view", within=("import_consents",)),
        Place("profiles_new", Words("导入资料", "Import profiles"), "table-import", "members.edit", within=("profiles_check",)),
    )),
    Place("organisation", Words("组织", "Organisation"), "sitemap", "staff.manage", below=(
        Place("organisation", Words("架构", "Tree"), "sitemap", "staff.manage",
              within=("unit", "organisation_import", "add_unit", "name_levels", "rename_unit", "move_unit", "remove_unit")),
        Place("staff", Words("账号", "Accounts"), "users-group", "staff.manage",
              within=("account_of", "access", "rename_staff", "give_role", "take_role", "invite_staff", "set_active", "revoke_token_of", "reset_theirs")),
        Place("roles", Words("角色", "Roles"), "shield-half", "staff.manage", within=("role",)),
        Place("load", Words("负荷", "Load"), "weight", "effort.view", within=("operator", "load_limits")),
        Place("effort", Words("投入", "Effort"), "hourglass", "effort.view"),
        Place("duties", Words("职责", "Duties"), "user-star", "communities.view", within=("import_duties",)),
        Place("work", Words("工时", "Work log"), "clock-edit", within=("work_entry", "import_work")),
    )),
    Place("account", Words("设置", "Settings"), "settings", below=(
        Place("imports", Words("导入", "Imports"), "file-import", "imports.view",
              within=("import", "import_new", "import_preview", "import_undo")),
        Place("thresholds", Words("分层标准", "Thresholds"), "adjustments", "settings.edit", within=("unit_thresholds",)),
        Place("contact_caps", Words("联系上限", "Contact cap"), "hand-stop", "settings.edit"),
        Place("fields", Words("成员字段", "Member fields"), "forms", "settings.edit", within=("field", "field_new")),
        Place("account", Words("我的账号", "My account"), "user-circle", within=("new_password", "second_factor", "provider")),
        Place("sign_in_rules", Words("登录规则", "Sign-in rules"), "lock-password", "staff.manage"),
        Place("tokens", Words("API 令牌", "API tokens"), "key"),
        Place("privacy", Words("个人信息保护", "Privacy"), "shield-lock", "privacy.manage", within=_PRIVACY),
        Place("audit", Words("审计记录", "Audit trail"), "list-check", "audit.view", within=("audit_chain", "audit_views")),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A place as it stands in the navigation now."""

    place: Place
    current: bool
    inside: bool
    below: tuple[Entry, ...]

    @property
    def address(self) -> str:
        """Where it leads: to the first place below it that may be opened, if it has any."""
        return (
            self.below[0].address if self.below and self.place.below[0].name == self.place.name else self.place.address
        )


def entries(scope: Scope, here: str) -> tuple[Entry, ...]:
    """What `scope` may open; `here` is the name of the page shown."""
    return tuple(_entry(place, scope, here) for place in MAP if _may(place, scope))


def _entry(place: Place, scope: Scope, here: str) -> Entry:
    below = tuple(_entry(each, scope, here) for each in place.below if _may(each, scope))
    mine = here == place.name or here in place.within
    current = mine and not any(each.place.name == place.name for each in below)
    return Entry(place, current, mine or any(each.inside for each in below), below)


def _may(place: Place, scope: Scope) -> bool:
    """Whether `scope` may open the place, or one below a place that is only the first of them."""
    own = all(scope.may(each) for each in place.permission.split())
    return own or (
        any(each.name == place.name for each in place.below) and any(_may(each, scope) for each in place.below)
    )


def context(request: HttpRequest) -> dict[str, Any]:
    """What every page shows around its content."""
    match = request.resolver_match
    if match is not None and match.app_name not in ("console", ""):
        return {}
    scope = getattr(request, "scope", None)
    found = entries(scope, match.url_name or "" if match else "") if scope is not None else ()
    return {
        "navigation": found,
        "scope": scope,
        "language": language(),
        "html_language": "zh-Hans" if language() == "zh" else "en",
        "version": __version__,
    }
