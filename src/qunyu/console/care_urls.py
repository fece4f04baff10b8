"""The addresses of the relationship calendar: occasions, asks, one member's contacts, and the contact cap."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods

from qunyu.console.pages import contact_caps, member_care

form = require_http_methods(("GET", "HEAD", "POST"))

urlpatterns = [
    path("members/<slug:public_id>/care", form(member_care.show_member_care), name="member_care"),
    path("settings/contacts", form(contact_caps.show_contact_caps), name="contact_caps"),
]
