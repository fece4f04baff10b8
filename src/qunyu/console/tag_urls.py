"""The addresses of tags: their groups, who carries them, acts of tagging, and finding who can help."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import experts, tag_imports, tagging, tags

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("members/tags", form(tags.show_tags), name="tags"),
    path("members/tags/groups/<slug:public_id>", form(tags.edit_group), name="tag_group"),
    path("members/tags/groups/<slug:public_id>/move", require_POST(tags.move_group), name="tag_group_move"),
    path("members/tags/groups/<slug:public_id>/tags", require_POST(tags.new_tag), name="tag_new"),
    path("members/tags/acts", page(tagging.show_acts), name="tag_acts"),
    path("members/tags/acts/<slug:public_id>/undo", require_POST(tagging.undo_act), name="tag_undo"),
    path("members/tags/put", require_POST(tagging.tag_people), name="tag_people"),
    path("members/tags/import", form(tag_imports.give_tags), name="tags_import"),
    path("members/tags/import/<slug:upload_id>", form(tag_imports.check_tags), name="tags_check"),
    path("members/tags/export", page(tag_imports.export_tags), name="tags_export"),
    path("members/tags/<slug:public_id>", form(tags.edit_tag), name="tag"),
    path("members/tags/<slug:public_id>/move", require_POST(tags.move_tag), name="tag_move"),
    path("members/experts", page(experts.show_experts), name="experts"),
    path("members/<slug:public_id>/tags", require_POST(tagging.tag_member), name="member_tag"),
]
