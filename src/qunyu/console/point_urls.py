"""The addresses of points, levels, benefits, rewards and VIP communities."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import (
    benefits,
    levels,
    member_points,
    points,
    points_giving,
    programme,
    rewards,
    standings,
    vip,
)

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("members/points", page(points.show_points), name="points"),
    path("members/points/ledger", page(points.show_ledger), name="points_ledger"),
    path("members/points/expiring", page(points.show_expiring), name="points_expiring"),
    path("members/points/give", form(points_giving.give_table), name="points_give"),
    path("members/points/give/<slug:upload_id>", form(points_giving.check_table), name="points_give_check"),
    path("members/points/acts/<slug:act>/undo", require_POST(points_giving.undo_table), name="points_undo"),
    path("members/points/programme", form(programme.edit_programme), name="points_programme"),
    path("members/points/rules/<slug:key>", require_POST(programme.edit_rule), name="points_rule"),
    path("members/points/levels", page(levels.show_levels), name="levels"),
    path("members/points/levels/new", form(levels.edit_level), name="level_new"),
    path("members/points/levels/people", page(standings.show_standings), name="standings"),
    path("members/points/levels/<slug:public_id>/move", require_POST(levels.move_level), name="level_move"),
    path("members/points/levels/<slug:public_id>", form(levels.edit_level), name="level"),
    path("members/points/benefits", page(benefits.show_benefits), name="benefits"),
    path("members/points/benefits/new", form(benefits.edit_benefit), name="benefit_new"),
    path("members/points/benefits/uses", page(standings.show_uses), name="benefit_uses"),
    path("members/points/benefits/<slug:public_id>", form(benefits.edit_benefit), name="benefit"),
    path("members/points/rewards", page(rewards.show_rewards), name="rewards"),
    path("members/points/rewards/new", form(rewards.edit_reward), name="reward_new"),
    path("members/points/rewards/<slug:public_id>", form(rewards.edit_reward), name="reward"),
    path("members/points/redemptions", page(rewards.show_redemptions), name="redemptions"),
    path("members/points/redemptions/<slug:public_id>", form(rewards.show_redemption), name="redemption"),
    path("members/points/vip", page(vip.show_vip), name="vip"),
    path("members/points/vip/mark", form(vip.mark_vip), name="vip_mark"),
    path("members/points/vip/<slug:public_id>", form(vip.show_door), name="vip_door"),
    path("members/<slug:public_id>/points", form(member_points.show_member_points), name="member_points"),
]
