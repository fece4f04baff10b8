"""Loading: a small brand goes through the import, its communities stand in their units, and everybody is labelled."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from qunyu.care.queries import occasions
from qunyu.communities.models import Community
from qunyu.insights.label import labels
from qunyu.kernel.scope import Scope
from qunyu.members.labels import last_run, mix
from qunyu.members.links import households
from qunyu.members.models import Label
from qunyu.members.queries import people
from qunyu.privacy.consents import all_consents
from qunyu.satisfaction.opinions import opinions
from qunyu.segments.queries import segments, sizes
from qunyu.simulation.grouping import SEGMENTS
from qunyu.simulation.loading import load
from tests.deployment_fixtures import NOW
from tests.simulation.conftest import Make


@pytest.mark.django_db
def test_everybody_is_labelled_by_the_unit_of_their_communities(make: Make, system: Scope) -> None:
    made = make(members=60, days=14, ends_on=date(2026, 3, 19))
    load(made.folder, by=system, title="brand", now=NOW, progress=lambda step, done: None)
    ordinary = people(system).filter(role="member").count()
    assert ordinary >= 60
    for key in labels():
        assert Label.objects.filter(key=key).count() == ordinary, key
    assert Label.objects.count() == ordinary * len(labels())
    assert set(Label.objects.values_list("unit_id", flat=True)) > {Community.objects.order_by("id")[0].unit_id}
    run = last_run()
    assert run
    assert (run.people, run.changed) == (None, ordinary)
    assert date(2026, 3, 19) - run.as_of <= timedelta(days=1)
    stages = mix(system)["stage"]
    assert min(stages["activation"], stages["revenue"]) > 0
    assert json.loads(Label.objects.filter(key="stage")[0].figures).keys() == set(labels()["stage"].figures)


@pytest.mark.django_db
def test_every_page_has_something_to_show(make: Make, system: Scope) -> None:
    load(
        make(members=120, days=60, ends_on=date(2026, 3, 19)).folder,
        by=system,
        title="brand",
        now=NOW,
        progress=lambda step, done: None,
    )
    sized = sizes(set(segments(system).values_list("pk", flat=True)))
    assert len(sized) == len(SEGMENTS)
    assert set(opinions(system).values_list("kind", flat=True)) == {"complaint", "praise", "survey"}
    decided = occasions(system).exclude(decided_at=None)
    assert "done" in {each.state for each in decided}
    assert decided.exclude(decided_by_name=system.actor.name).exists()
    assert set(all_consents(system).values_list("state", flat=True)) == {"granted", "refused", "withdrawn"}
    assert households(system)
