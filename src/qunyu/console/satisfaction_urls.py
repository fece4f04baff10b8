"""The addresses of what people say of us: opinions, complaints and surveys."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from qunyu.console.pages import opinion_tables, opinions, survey, surveys

form = require_http_methods(("GET", "HEAD", "POST"))
page = require_http_methods(("GET", "HEAD"))

urlpatterns = [
    path("satisfaction", page(opinions.show_opinions), name="satisfaction"),
    path("satisfaction/import", form(opinion_tables.give_table), name="opinions_import"),
    path("satisfaction/import/<slug:upload_id>", form(opinion_tables.check_table), name="opinions_check"),
    path("satisfaction/acts/<slug:act>/undo", require_POST(opinion_tables.undo_table), name="opinions_undo"),
    path("satisfaction/opinions/<slug:public_id>", form(opinions.show_opinion), name="opinion"),
    path("satisfaction/surveys", page(surveys.show_surveys), name="surveys"),
    path("satisfaction/surveys/new", form(surveys.new_survey), name="survey_new"),
    path("satisfaction/surveys/<slug:public_id>", form(survey.show_survey), name="survey"),
    path("satisfaction/surveys/<slug:public_id>/edit", form(surveys.edit_survey), name="survey_edit"),
    path("satisfaction/surveys/<slug:public_id>/ask", require_POST(survey.ask_people), name="survey_ask"),
    path("members/<slug:public_id>/opinions", require_POST(opinions.add_opinion), name="opinion_add"),
]
