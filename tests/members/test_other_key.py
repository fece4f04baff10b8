"""A profile whose sensitive values were sealed under another key: every door says so, none closes, and what is written anew counts."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from pytest_django import Settings

from qunyu.api.idempotency import PURPOSE as KEPT_ANSWER
from qunyu.api.models import KeptAnswer
from qunyu.communities.models import Community
from qunyu.jobs.port import load
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.personal import holders
from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import NOT_READABLE, seal
from qunyu.members.fields import PURPOSE, add_field, edit_field
from qunyu.members.models import Mark, Member, ProfileEntry
from qunyu.members.personal import person_of
from qunyu.members.profile import mark_phones, prefer
from qunyu.members.profile_table import plan
from qunyu.people.models import SecondFactor, Staff, Unit
from qunyu.people.queries import root_unit
from qunyu.people.second_factor import setup_of, start_setup
from qunyu.privacy.erasing import held, whole
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn

PHONE, OTHER_PHONE = "13800000000", "13900000000"
NOTE = NOT_READABLE.zh


def foreign(text: str, purpose: str, settings: Settings) -> str:
    """As a deployment with another key seals it."""
    here, settings.SECRET_KEY = settings.SECRET_KEY, "a former key"
    sealed = seal(text, purpose)
    settings.SECRET_KEY = here
    return sealed


@pytest.fixture
def mei(tea: Community, boss: Client, settings: Settings) -> Member:
    """Somebody with a name, a phone number and a birthday that were sealed under a key which is lost."""
    found = Member.objects.get(name="Mei")
    given = {"real_name": "林小满", "phone": PHONE, "birthday": "1990-02-28", "region": "上海"}
    boss.post(f"/members/{found.public_id}/edit", given)
    sealed = foreign("x", PURPOSE, settings)
    assert ProfileEntry.objects.filter(sealed=True).update(value=sealed, recurs="0" * 64) == 3
    return found


def api(client: Client, member: Member, more: str = "") -> dict[str, Any]:
    answers: list[dict[str, Any]] = client.get(f"/api/v1/members/{member.public_id}/profile{more}").json()["answers"]
    return {each["field"]: each["told"] for each in answers}


def test_a_page_the_list_and_the_file_say_so(mei: Member, boss: Client, tmp_path: Path, system: Scope) -> None:
    shown = boss.get(f"/members/{mei.public_id}").content.decode()
    assert shown.count(f">{NOTE}<") == 3 and "上海" in shown
    # There is nothing that could be shown for a reason.
    assert "/reveal" not in shown
    assert f'placeholder="{NOTE}"' in boss.get(f"/members/{mei.public_id}/edit").content.decode()
    assert NOTE in boss.get("/members?column=field_phone&q=Mei").content.decode()
    given = {"column": ["field_phone", "member_id"], "q": "Mei", "export": "csv", "reason": "寄样品"}
    file: Any = b"".join(boss.post("/members/export", given))
    assert file.decode("utf-8-sig").splitlines() == ["成员,成员编号,手机号", f"Mei,{mei.public_id},{NOTE}"]
    # Such a file read again changes nothing.
    (tmp_path / "people.csv").write_bytes(file)
    found = plan(system, tmp_path / "people.csv", create=False, today=date(2026, 3, 20))
    assert (found.wrong, found.good) == ([], [])


def test_the_api_and_the_trail_say_so(mei: Member, boss: Client) -> None:
    told = api(boss, mei)
    assert (told["phone"]["text"], told["phone"]["value"], told["phone"]["unreadable"]) == (NOTE, None, True)
    assert (told["region"]["value"], told["region"]["unreadable"]) == ("上海", False)
    steps = boss.get(f"/api/v1/members/{mei.public_id}/profile/changes").json()
    assert {each["field"] for each in steps if each["told"]["unreadable"]} == {"real_name", "phone", "birthday"}
    address = f"/api/v1/members/{mei.public_id}/profile/reveal"
    shown = boss.post(address, {"reason": "回电"}, "application/json")
    assert shown.status_code == 200
    data = AuditEntry.objects.get(action="member.reveal").data
    assert data == {"fields": [], "ids": [], "unreadable": ["real_name", "birthday", "phone"]}
    assert "无法读取（另一个密钥加密）" in boss.get("/settings/audit").content.decode()


def test_what_is_written_anew_counts_and_the_rest_stays(mei: Member, boss: Client, system: Scope) -> None:
    address = f"/members/{mei.public_id}/edit"
    # A field left empty is not touched, as ever.
    assert boss.post(address, {"phone": OTHER_PHONE, "real_name": ""}).status_code == 302
    told = api(boss, mei)
    assert (told["phone"]["text"], told["real_name"]["unreadable"]) == ("139****0000", True)
    assert Mark.objects.get(kind="phone").identity.own_member == mei
    # The value that was there takes no part when the new one is taken back.
    last = ProfileEntry.objects.filter(field="phone").latest("id")
    assert boss.post(f"/members/{mei.public_id}/profile/{last.pk}/undo").status_code == 302
    assert (api(boss, mei)["phone"]["unreadable"], Mark.objects.filter(kind="phone").exists()) == (True, False)
    mark_phones(by=system, members={mei.pk}, now=NOW)
    boss.post(address, {"real_name": "", "clear-real_name": "yes"})
    assert api(boss, mei)["real_name"]["text"] == ""


def test_the_calendar_says_whose_birthdays_it_misses(
    mei: Member, boss: Client, staff: AddStaff, signed_in: SignedIn, other_unit: Unit
) -> None:
    told = "位成员的生日无法读取"
    assert f"1 {told}" in read(boss.get("/members/calendar"))
    # Only whom one may greet.
    away = signed_in(staff("away", "owner", other_unit))
    seen = away.get("/members/calendar")
    assert (seen.status_code, told in read(seen)) == (200, False)
    boss.post(f"/members/{mei.public_id}/edit", {"birthday": "1990-02-28"})
    assert told not in read(boss.get("/members/calendar"))


def test_it_cannot_be_made_to_count(mei: Member, boss: Client, system: Scope) -> None:
    entry = ProfileEntry.objects.get(field="phone")
    with pytest.raises(DomainError) as caught:
        prefer(by=system, member=mei, entry=entry.pk, now=NOW)
    assert caught.value.code == "sealed_elsewhere"
    assert boss.post(f"/members/{mei.public_id}/profile/{entry.pk}/prefer").status_code == 400
    assert ProfileEntry.objects.filter(field="phone").count() == 1


def test_a_field_that_is_sensitive_no_more_is_not_emptied_by_saving_the_form(
    mei: Member, boss: Client, system: Scope, settings: Settings
) -> None:
    field = add_field(by=system, unit=root_unit(), key="size", kind="text", now=NOW, name_zh="尺码", sensitive=True)
    boss.post(f"/members/{mei.public_id}/edit", {"size": "M"})
    ProfileEntry.objects.filter(field="size").update(value=foreign("M", PURPOSE, settings))
    edit_field(by=system, field=field, now=NOW, sensitive=False)
    assert boss.post(f"/members/{mei.public_id}/edit", {"size": "", "region": "杭州"}).status_code == 302
    assert (api(boss, mei)["size"]["unreadable"], api(boss, mei)["region"]["value"]) == (True, "杭州")


def test_a_copy_says_so_and_an_erasure_goes_on(mei: Member, settings: Settings) -> None:
    load()
    KeptAnswer.objects.create(
        actor="staff:1", key="k", fingerprint="f", created_at=NOW, status=200, body=foreign("{}", KEPT_ANSWER, settings)
    )
    told: Any = holders()["profile"].export(person_of(mei))
    why = {each["field"]: each.get("unreadable") for each in told}
    assert why["phone"] == f"{NOT_READABLE.zh} · {NOT_READABLE.en}" and why["region"] is None
    assert {each.holder.key: each.count for each in held(mei)}["profile"] == 4
    person = whole(person_of(mei))
    assert holders()["profile"].erase(person) == {"elsewhere": 0, "unreadable": 3}
    holders()["answers"].erase(person)
    assert not KeptAnswer.objects.exists()


def test_an_upgrade_and_a_second_factor_that_was_begun_go_on(mei: Member, director: Staff, settings: Settings) -> None:
    move = importlib.import_module("qunyu.members.migrations.0017_recurring_days")
    move.tell_days(apps, connection.schema_editor())
    start_setup(staff=director, now=NOW)
    SecondFactor.objects.update(secret=foreign("JBSWY3DPEHPK3PXP", "second factor", settings))
    assert setup_of(director) is None
    start_setup(staff=director, now=NOW)
    assert setup_of(director) is not None
