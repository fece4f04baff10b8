"""The addresses of single members, of their fields, and of what is decided about who they are."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import (
    consents,
    fields,
    member,
    member_editing,
    member_merging,
    members,
    profile_imports,
    same_person,
)

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("members/export", require_POST(members.export_members), name="export_members"),
    path("members/import", form(profile_imports.give_profiles), name="profiles_new"),
    path("members/import/<slug:upload_id>", form(profile_imports.check_profiles), name="profiles_check"),
    path("members/imports/<slug:public_id>/undo", require_POST(profile_imports.undo_profiles), name="profiles_undo"),
    path("members/same", page(same_person.show_same_person), name="same_person"),
    path("members/same/decide", require_POST(same_person.decide_pairs), name="decide_pairs"),
    path("members/same/undo", require_POST(same_person.undo_decisions), name="undo_decisions"),
    path("members/same/look", require_POST(same_person.look_again), name="look_again"),
    path("members/decisions/<slug:act>/take-back", require_POST(member_merging.take_back_decision), name="take_back_decision"),
    path("members/consents", page(consents.show_consents), name="consents"),
    path("members/consents/import", require_POST(consents.import_consents), name="import_consents"),
    path("members/<slug:public_id>/consents", require_POST(consents.note_consent), name="note_consent"),
    path("members/<slug:public_id>", page(member.show_member), name="member"),
    path("members/<slug:public_id>/edit", form(member_editing.edit_member), name="member_edit"),
    path("members/<slug:public_id>/reveal", require_POST(member_editing.reveal_member), name="member_reveal"),
    path("members/<slug:public_id>/profile/<int:entry>/prefer", require_POST(member_editing.prefer_value), name="member_prefer"),
    path("members/<slug:public_id>/profile/<int:entry>/undo", require_POST(member_editing.withdraw_change), name="member_withdraw"),
    path("members/<slug:public_id>/contacts", require_POST(member_editing.add_contact), name="contact_add"),
    path("members/<slug:public_id>/contacts/<slug:contact_id>", form(member_editing.edit_contact), name="contact"),
    path("members/<slug:public_id>/merge", form(member_merging.merge_member), name="member_merge"),
    path("members/<slug:public_id>/unmerge", require_POST(member_merging.unmerge_member), name="member_unmerge"),
    path("members/<slug:public_id>/links", require_POST(member_merging.link_member), name="member_link"),
    path("members/<slug:public_id>/links/<slug:link_id>/remove", require_POST(member_merging.unlink_member), name="member_unlink"),
    path("settings/fields", page(fields.show_fields), name="fields"),
    path("settings/fields/new", form(fields.new_field), name="field_new"),
    path("settings/fields/<slug:public_id>", form(fields.edit_field), name="field"),
    path("settings/fields/<slug:public_id>/move", require_POST(fields.move_field), name="field_move"),
]  # fmt: skip
