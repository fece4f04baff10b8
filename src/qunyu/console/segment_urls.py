"""The addresses of segments."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import segment, segment_editing, segments

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("segments", page(segments.show_segments), name="segments"),
    path("segments/new", form(segment_editing.new_segment), name="segment_new"),
    path("segments/try", require_POST(segment_editing.try_condition), name="segment_try"),
    path("segments/<slug:public_id>", page(segment.show_segment), name="segment"),
    path("segments/<slug:public_id>/edit", form(segment_editing.edit_segment), name="segment_edit"),
    path("segments/<slug:public_id>/people", page(segment.show_people), name="segment_people"),
    path("segments/<slug:public_id>/compare", page(segment.show_compared), name="segment_compare"),
    path("segments/<slug:public_id>/file", page(segment.send_file), name="segment_file"),
    path("segments/<slug:public_id>/do", require_POST(segment.do_segment), name="segment_do"),
    path("segments/<slug:public_id>/snapshots", require_POST(segment.change_snapshots), name="segment_snapshots"),
    path("segments/<slug:public_id>/rules", require_POST(segment.change_rules), name="segment_rules"),
]  # fmt: skip
