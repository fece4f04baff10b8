"""Ratings and complaints as a table: in the console, through the API and on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from qunyu.cli.main import qunyu
from qunyu.communities.models import Community
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.satisfaction.models import Complaint, Opinion
from qunyu.satisfaction.opinions import Said, note_all
from tests.api.calling import Caller
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn

pytestmark = pytest.mark.django_db
HEAD = "member_id,kind,stars,text,about,at\n"


@pytest.fixture
def right(mei: Member, tea: Community) -> str:
    tom = Member.objects.get(name="Tom")
    return f"{HEAD}{mei.public_id},评分,4,,A-1,2026-03-02\n{tom.public_id},complaint,,cold tea,,2026-03-03 10:00\n"


def given(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("opinions.csv", text.encode())


def test_a_table_is_checked_noted_once_and_undone(
    right: str, mei: Member, staff: AddStaff, signed_in: SignedIn
) -> None:
    boss = signed_in(staff("boss", "director"))

    def upload(text: str) -> str:
        return str(boss.post("/satisfaction/import", {"files": given(text)})["Location"])

    wrong = upload(
        f"{right}nobody,praise,,good,,\n{mei.public_id},rating,9,,,\n{mei.public_id},rating,1,,,2026-13-01\n"
    )
    shown = read(boss.get(wrong))
    assert all(text in shown for text in ("没有找到这个人", "星级: 请选择 1 至 5 星", "时间: 日期“2026-13-01”无法识别"))
    assert boss.post(wrong, {"do": "start"}).status_code == 400
    assert not Opinion.objects.exists()
    for _ in range(2):
        assert boss.post(upload(right), {"do": "start"}).status_code == 302
    assert sorted(Opinion.objects.values_list("kind", "score", "member__name")) == [
        ("complaint", 0, "Tom"),
        ("rating", 75, "Mei"),
    ]
    assert (Complaint.objects.count(), AuditEntry.objects.filter(action="opinion.add").count()) == (1, 2)
    act = Opinion.objects.values_list("act", flat=True)[0]
    assert f"acts/{act}/undo" in boss.get("/satisfaction/import").content.decode()
    for _ in range(2):
        assert boss.post(f"/satisfaction/acts/{act}/undo").status_code == 302
    assert not Opinion.objects.filter(withdrawn_at=None).exists()
    assert "已撤回" in read(boss.get("/satisfaction/import"))
    missing = read(boss.get(upload("member_id,text\nx,y\n")))
    assert "种类 kind" in missing


def test_the_api_does_the_same_and_others_people_stay_untouched(
    right: str, mei: Member, staff: AddStaff, signed_in: SignedIn, other_unit: Unit
) -> None:
    boss, far = (Caller(signed_in(each)) for each in (staff("boss", "director"), staff("far", "owner", other_unit)))

    def ask(who: Caller, address: str) -> Any:
        return who.ask("post", address, form={"file": given(right)})

    plan = ask(far, "/opinion-imports/check").body
    assert (plan["wrong"], plan["rows"][0]["problem"]) == (2, "nobody like this is known")
    assert ask(far, "/opinion-imports").body["code"] == "wrong_lines"
    made = ask(boss, "/opinion-imports")
    assert (made.status, made.body["noted"]) == (201, 2)
    assert far.ask("delete", f"/opinion-imports/{made.body['act']}").body["code"] == "cannot_undo"
    assert boss.ask("delete", f"/opinion-imports/{made.body['act']}").body == {"changed": 2}
    with pytest.raises(Denied):
        note_all(by=scope_of(staff("a", "analyst")), told=[(mei, Said("praise", NOW, text="x"))], act="a", now=NOW)
    assert Opinion.objects.count() == 2


def test_the_command_names_each_wrong_column(right: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qunyu.cli.opinions.set_up", lambda: None)
    file = tmp_path / "opinions.csv"

    def run(text: str, *more: str) -> Any:
        file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(qunyu, ["opinions", "import", str(file), *more])

    wrong = run(f"{right}nobody,praise,,good,,\n")
    assert (wrong.exit_code, "4" in wrong.output, Opinion.objects.count()) == (1, True, 0)
    assert (run(right, "--check").exit_code, Opinion.objects.count()) == (0, 0)
    assert (run(right).exit_code, Opinion.objects.count()) == (0, 2)
    act = Opinion.objects.values_list("act", flat=True)[0]
    undone = CliRunner().invoke(qunyu, ["opinions", "undo", act])
    assert (undone.exit_code, Opinion.objects.filter(withdrawn_at=None).count()) == (0, 0)
