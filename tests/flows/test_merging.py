"""Labels after a merge and after its end are those that everybody's would be."""

from __future__ import annotations

from qunyu.flows.labelling import label
from qunyu.kernel.scope import Scope
from qunyu.members.merging import merge, take_back
from qunyu.members.models import Identity, Label
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME
from tests.flows.conftest import Desk


def labels() -> set[tuple[str, str, str]]:
    return set(Label.objects.values_list("member__name", "key", "value"))


def test_labels_follow_a_merge_and_its_end(desk: Desk, system: Scope) -> None:
    desk.bring({TEA_NAME: TEA_CHAT})
    label(now=NOW)
    before = labels()
    mei, tom = (Identity.objects.get(name=name).member for name in ("Mei", "Tom"))
    made = merge(by=system, one=mei, other=tom, now=NOW)
    label(now=NOW, members=[mei.pk, tom.pk])
    merged = labels()
    heads = {name for name, _, _ in merged}
    assert heads == {name for name, _, _ in before} - {
        tom.name if Identity.objects.get(name="Tom").member == mei else mei.name
    }
    assert label(now=NOW) == 0
    assert labels() == merged
    take_back(by=system, decisions=[made], now=NOW)
    label(now=NOW, members=[mei.pk, tom.pk])
    assert labels() == before
    assert label(now=NOW) == 0


def test_the_figures_count_merged_people_once(desk: Desk, system: Scope) -> None:
    desk.bring({TEA_NAME: TEA_CHAT})
    before = desk.figures("month")
    mei, lin = (Identity.objects.get(name=name).member for name in ("Mei", "Lin"))
    made = merge(by=system, one=mei, other=lin, now=NOW)
    after = desk.figures("month")
    assert [after["active_members"][0], before["active_members"][0]] == [3.0, 4.0]
    take_back(by=system, decisions=[made], now=NOW)
    assert desk.figures("month") == before
