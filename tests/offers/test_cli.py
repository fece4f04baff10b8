"""`qunyu offers`, in this process and on the test's own database."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from qunyu.cli import offers as cli
from qunyu.communities.models import Community
from qunyu.flows.offers_table import take_offers
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.offers.actions import Plan, Terms, archive_offer, give_offer, save_offer
from qunyu.offers.models import Offer
from qunyu.people.models import Unit
from qunyu.segments.actions import add_segment
from qunyu.segments.conditions import Speaker
from qunyu.segments.models import Segment
from tests.deployment_fixtures import NOW, ImportFile

pytestmark = pytest.mark.django_db
GIFT = Terms(
    "礼盒", "gift", ["白茶, 饼", "红茶"], price=9900, cost=5000, valid_to=date(2099, 1, 1), user_types=["loyal"]
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cli, "set_up", lambda: None)
    return lambda *given: CliRunner().invoke(cli.offers, given)


@pytest.fixture
def gift(system: Scope, unit: Unit) -> Offer:
    return save_offer(by=system, unit=unit, offer=None, terms=GIFT, now=NOW)


@pytest.fixture
def everybody(system: Scope, unit: Unit, tea: Community) -> Segment:
    condition = Speaker(system).from_text("in a community")
    return add_segment(by=system, unit=unit, name="在群", condition=condition, now=NOW)


def lines(ended: Any) -> list[dict[str, Any]]:
    assert ended.exit_code == 0, ended.exception
    return [json.loads(each) for each in ended.output.splitlines()]


def test_offers_are_listed_and_exported_as_they_are_taken_over(system: Scope, gift: Offer, run: Any) -> None:
    plain = save_offer(by=system, unit=gift.unit, offer=None, terms=Terms("提醒", "reminder"), now=NOW)
    archive_offer(by=system, offer=plain, archived=True, now=NOW)
    (told,) = lines(run("list"))
    assert (told["id"], told["name"], told["products"], told["price"]) == (gift.public_id, "礼盒", GIFT.products, 9900)
    assert [each["name"] for each in lines(run("list", "--archived"))] == ["提醒"]
    table = run("export").output
    header, row = csv.reader(io.StringIO(table))
    assert dict(zip(header, row, strict=True))["商品"] == "白茶, 饼；红茶"
    assert len(run("export", "--archived").output.splitlines()) == 2
    before = Offer.objects.filter(pk=gift.pk).values(*KEPT).get()
    Offer.objects.all().delete()
    take_offers(by=system, name="offers.csv", data=table.encode(), now=NOW)
    assert Offer.objects.values(*KEPT).get() == before


KEPT = ("unit", "name", "kind", "products", "currency", "price", "cost", "percent", "valid_from", "valid_to", "user_types", "note")  # fmt: skip


def test_preferences_and_what_suits_are_told_of_a_segment_or_a_type(
    gift: Offer, everybody: Segment, unit: Unit, import_file: ImportFile, run: Any
) -> None:
    where = ("--unit", unit.name)
    (told,) = lines(run("preferences", *where, "--segment", "在群"))
    assert (told["orders"], told["known"], told["preferences"], "matches" in told) == (0, False, [], False)
    (by_id,) = lines(run("suiting", *where, "--segment", everybody.public_id))
    (by_type,) = lines(run("suiting", *where, "--type", "loyal"))
    assert by_id["offer"] == by_type["offer"] == {"id": gift.public_id, "name": "礼盒"}
    assert (by_id["fit"], len(by_id["reasons"])) == (1.0, 4)
    # An offer of a unit below does not hold at the top.
    assert lines(run("suiting", "--type", "loyal")) == []


def test_results_tell_each_giving(system: Scope, gift: Offer, everybody: Segment, run: Any) -> None:
    assert lines(run("results", "礼盒")) == []
    made = give_offer(by=system, offer=gift, segment=everybody, plan=Plan("direct", 7, 34), now=NOW)
    for named in ("礼盒", gift.public_id):
        (told,) = lines(run("results", named))
        assert (told["id"], told["segment"], told["given"]["people"], told["others"]["people"]) == (
            made.public_id,
            "在群",
            2,
            1,
        )
        assert (told["by_lot"], told["over"], told["difference"]) == (True, False, None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("preferences",), "nothing_named"),
        (("suiting", "--type", "loyal", "--segment", "在群"), "nothing_named"),
        (("preferences", "--type", "nobody"), "unknown_label_value"),
        (("preferences", "--segment", "nothing"), "unknown_segment"),
        (("preferences", "--type", "loyal", "--unit", "哪里"), "unknown_unit"),
        (("results", "nothing"), "unknown_offer"),
        (("results", "礼盒"), "several_offers"),
    ],
)
def test_what_is_not_there_is_named(
    system: Scope, gift: Offer, other_unit: Unit, run: Any, given: tuple[str, ...], code: str
) -> None:
    save_offer(by=system, unit=other_unit, offer=None, terms=GIFT, now=NOW)
    ended = run(*given)
    assert (ended.exit_code, ended.output) == (1, "")
    assert isinstance(ended.exception, DomainError)
    assert ended.exception.code == code


@pytest.mark.parametrize("given", [("results",), ("preferences", "--kind", "loyal"), ("nothing",)])
def test_wrong_usage_ends_with_two(run: Any, given: tuple[str, ...]) -> None:
    assert run(*given).exit_code == 2
