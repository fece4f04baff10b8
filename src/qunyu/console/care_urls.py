"""The addresses of the relationship calendar: occasions, asks, one member's contacts, and the contact cap."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods

from qunyu.console.pages import calendar, care_settings, contact_caps, favours, member_care

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("members/calendar", form(calendar.show_calendar), name="calendar"),
    path("members/calendar/results", page(care_settings.show_results), name="care_results"),
    path("members/calendar/settings", form(care_settings.show_settings), name="care_settings"),
    path("members/calendar/words", form(care_settings.show_openings), name="openings"),
    path("members/favours", page(favours.show_favours), name="favours"),
    path("members/favours/<slug:public_id>", form(favours.show_favour), name="favour"),
    path("members/<slug:public_id>/favours/new", form(favours.ask_favour), name="favour_new"),
    path("members/<slug:public_id>/care", form(member_care.show_member_care), name="member_care"),
    path("settings/contacts", form(contact_caps.show_contact_caps), name="contact_caps"),
]
