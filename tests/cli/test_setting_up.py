"""Setting up: an upgrade's tables."""

from __future__ import annotations

from django.core.management import call_command
from pytest import MonkeyPatch
from pytest_django import DjangoDbBlocker

from qunyu.cli.setting_up import migrated
from qunyu.kernel import tables
from tests.deployment_copies import Copy


def test_after_an_upgrade_and_only_then_the_database_looks_at_its_tables(
    copy: Copy, django_db_blocker: DjangoDbBlocker, monkeypatch: MonkeyPatch
) -> None:
    looks: list[bool] = []
    monkeypatch.setattr(tables, "take_stock", lambda: looks.append(True))
    with django_db_blocker.unblock(), copy().connected():
        migrated()
        assert looks == []
        call_command("migrate", "loyalty", "0002", verbosity=0)
        migrated()
        assert looks == [True]
