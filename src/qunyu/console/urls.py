"""The console's addresses. What changes something takes POST only."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import (
    account,
    alerts,
    audit,
    board,
    communities,
    community,
    health,
    imports,
    member,
    members,
    metrics,
    new_import,
    organisation,
    signing,
)

app_name = "console"
form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("", page(board.home), name="home"),
    path("sign-in", form(signing.sign_in), name="sign_in"),
    path("sign-out", require_POST(signing.sign_out), name="sign_out"),
    path("language", require_POST(signing.choose_language), name="language"),
    path("board", page(board.show_board), name="board"),
    path("board/health", page(health.show_health), name="health"),
    path("board/alerts", page(alerts.show_alerts), name="alerts"),
    path("board/alerts/<slug:public_id>", page(alerts.show_alert), name="alert"),
    path("board/alerts/<slug:public_id>/seen", require_POST(alerts.see), name="see_alert"),
    path("board/alerts/<slug:public_id>/mute", require_POST(alerts.mute_alert), name="mute_alert"),
    path("board/metrics", page(metrics.show_metrics), name="metrics"),
    path("board/metrics/<slug:key>", page(metrics.show_metric), name="metric"),
    path("communities", page(communities.show_communities), name="communities"),
    path("communities/<slug:public_id>", page(community.show_community), name="community"),
    path("communities/<slug:public_id>/people", page(community.show_people), name="community_people"),
    path("communities/<slug:public_id>/activity", page(community.show_activity), name="community_activity"),
    path("communities/<slug:public_id>/health", page(community.show_health), name="community_health"),
    path("communities/<slug:public_id>/settings", form(community.edit_community), name="community_settings"),
    path("members", page(members.show_members), name="members"),
    path("members/<slug:public_id>", page(member.show_member), name="member"),
    path("organisation", page(organisation.show_organisation), name="organisation"),
    path("organisation/units", require_POST(organisation.add_unit), name="add_unit"),
    path("organisation/staff", require_POST(organisation.add_staff), name="add_staff"),
    path("organisation/staff/<slug:public_id>/grants", require_POST(organisation.give_role), name="give_role"),
    path(
        "organisation/staff/<slug:public_id>/grants/<int:key>/take",
        require_POST(organisation.take_role),
        name="take_role",
    ),
    path("organisation/staff/<slug:public_id>/active", require_POST(organisation.set_active), name="set_active"),
    path("settings/imports", page(imports.show_imports), name="imports"),
    path("settings/imports/new", form(new_import.give_files), name="import_new"),
    path("settings/imports/new/<slug:upload_id>", form(new_import.look_at_files), name="import_preview"),
    path("settings/imports/<slug:public_id>", page(imports.show_import), name="import"),
    path("settings/imports/<slug:public_id>/undo", form(imports.undo_import), name="import_undo"),
    path("settings/account", form(account.show_account), name="account"),
    path("settings/tokens", form(account.show_tokens), name="tokens"),
    path("settings/tokens/<slug:public_id>/revoke", require_POST(account.revoke_token), name="revoke_token"),
    path("settings/audit", page(audit.show_audit), name="audit"),
]
