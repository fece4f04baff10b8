"""`qunyu points`, in this process and on the test's own database."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from qunyu.cli import points
from qunyu.kernel.errors import DomainError
from qunyu.loyalty.models import Account, Programme
from tests.loyalty.conftest import Buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(points, "set_up", lambda: None)
    return lambda *given: CliRunner().invoke(points.points, given)


def test_points_on_the_command_line(programme: Programme, buyer: Buyer, run: Any) -> None:
    mei = buyer("Mei").public_id
    for _ in range(2):
        assert run("give", "--reason", "生日", "--key", "k", mei, "50").exit_code == 0
    told = run("balance", mei).output
    assert told.startswith("茶友会：可用 50，所欠 0\n")
    assert run("expire").output == "0 积分已过期\n"
    assert run("check").output == "账目正确：1 笔变动\n"
    Account.objects.update(balance=60)
    wrong = run("check")
    assert (wrong.exit_code, "60 ≠ 50" in wrong.output) == (1, True)
    assert isinstance(run("give", "--reason", "换货", mei, "0").exception, DomainError)
