"""The import wizard, progress and result, and undo."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.console import uploads
from qunyu.events.models import Import
from qunyu.flows import importing, undoing
from qunyu.flows.place import place
from qunyu.members.models import Member
from qunyu.people.models import Unit
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME, AddStaff, ImportFile, SignedIn

OWN = "发送于,谁,说了什么\n2026-03-01 09:00,小茶,早\n2026-03-01 09:01,阿福,早上好\n"
MAPPED = {"map-time": "发送于", "map-author_name": "谁", "map-text": "说了什么"}


def give(client: Client, *files: tuple[str, str]) -> str:
    """Uploads files and returns the address of the check."""
    given = [SimpleUploadedFile(name, text.encode()) for name, text in files]
    response = client.post("/settings/imports/new", {"files": given})
    assert response.status_code == 302
    return response.headers["Location"]


def run(client: Client, address: str, unit: Unit, **choices: str) -> Import:
    """Starts the import and does it at once."""
    response = client.post(address, {"do": "start", "title": "试", "unit": unit.public_id, **choices})
    assert response.status_code == 302, response.content.decode()
    owner = Import.objects.get()
    assert response.headers["Location"] == f"/settings/imports/{owner.public_id}"
    importing.run(owner.pk, place=place(), now=NOW)
    return owner


def test_the_whole_way_from_file_to_board_and_back(owner: Client, unit: Unit) -> None:
    address = give(owner, (TEA_NAME, TEA_CHAT))
    page = owner.get(address).content.decode()
    assert "WhatsApp 导出的聊天记录" in page
    assert "Good morning! Which tea do you like?" in page
    assert "2026-03-01 09:32" in page
    done = run(owner, address, unit)
    assert (done.unit_id, done.asked_by) == (unit.pk, "Owner")
    shown = owner.get(f"/settings/imports/{done.public_id}").content.decode()
    assert "已完成" in shown
    assert "hx-trigger" not in shown
    assert "<dt>消息</dt><dd>8</dd>" in shown
    assert owner.get("/board").context["as_of"].isoformat() == "2026-03-14"
    asked = owner.get(f"/settings/imports/{done.public_id}/undo").content.decode()
    assert "要撤销这次导入吗" in asked
    assert Community.objects.shown().count() == 1
    assert owner.post(f"/settings/imports/{done.public_id}/undo").status_code == 302
    assert Community.objects.shown().count() == 1
    assert "再次撤销" in owner.get(f"/settings/imports/{done.public_id}").content.decode()
    undoing.run(done.pk, place=place(), now=NOW)
    assert "已撤销" in owner.get(f"/settings/imports/{done.public_id}").content.decode()
    assert (Community.objects.count(), Member.objects.count()) == (0, 0)


def test_while_it_runs_the_page_asks_again_each_second(boss: Client, unit: Unit) -> None:
    address = give(boss, (TEA_NAME, TEA_CHAT))
    boss.post(address, {"do": "start", "title": "试", "unit": unit.public_id})
    waiting = Import.objects.get()
    part = boss.get(f"/settings/imports/{waiting.public_id}", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="import-state" hx-get=')
    assert 'hx-trigger="every 1s"' in part
    Import.objects.update(state="reading", progress={"reading": 1200})
    assert "已读取行数" in boss.get(f"/settings/imports/{waiting.public_id}").content.decode()


def test_unknown_columns_are_named_by_a_person(boss: Client, unit: Unit) -> None:
    address = give(boss, ("我的群.csv", OWN))
    response = boss.get(address)
    assert "无法识别这个文件的格式" in response.content.decode()
    assert response.context["mapping"]["columns"] == ["发送于", "谁", "说了什么"]
    assert "disabled" in response.content.decode()
    looked = boss.post(address, {"do": "look", "title": "我的群", **MAPPED})
    assert [row[3:] for row in looked.context["looked"][0].rows] == [("小茶", "早"), ("阿福", "早上好")]
    assert 'value="我的群"' in looked.content.decode()
    done = run(boss, address, unit, **MAPPED)
    done.refresh_from_db()
    assert done.summary["facts"]["message"] == 2
    assert Community.objects.get().name == "我的群"


def test_the_order_of_dates_and_the_currency_are_chosen(boss: Client, unit: Unit) -> None:
    orders = "order_id,customer,ordered_at,amount\n1,c1,03/04/2025 10:00,5\n"
    address = give(boss, ("orders.csv", orders))
    done = run(boss, address, unit, date_order="dmy", currency="rmb")
    done.refresh_from_db()
    assert (done.state, done.request["currency"], done.request["columns"]) == ("done", "CNY", {"date_order": "dmy"})
    order = Order.objects.get()
    assert (order.ordered_at.month, order.currency) == (4, "CNY")


def test_several_kinds_of_files_go_together(boss: Client, unit: Unit) -> None:
    members = "community,name,joined_at,platform\nTea lovers,Zoe,2026-03-02 09:00,whatsapp\n"
    address = give(boss, (TEA_NAME, TEA_CHAT), ("list.csv", members))
    assert next(str(each.format) for each in boss.get(address).context["looked"]).startswith("WhatsApp")
    done = run(boss, address, unit, **{"yields-1": "members"})
    done.refresh_from_db()
    assert done.summary["rows"] == {"chat": 13, "members": 1}
    assert Member.objects.filter(name="Zoe").exists()


@pytest.mark.parametrize(
    ("choice", "value", "said"),
    [
        ("source_zone", "Mars/Olympus", "Mars/Olympus"),
        ("currency", "yuan", "不是货币代码"),
        ("title", " ", "请填写这一项"),
        ("unit", "nowhere", "没有编号为“nowhere”的组织单位"),
    ],
)
def test_what_is_wrong_stands_at_its_field(choice: str, value: str, said: str, boss: Client, unit: Unit) -> None:
    address = give(boss, (TEA_NAME, TEA_CHAT))
    values = {"do": "start", "title": "试", "unit": unit.public_id, choice: value}
    response = boss.post(address, values)
    assert response.status_code == 400
    assert said in response.context["form"].errors[choice]
    assert said in response.content.decode()
    assert not Import.objects.exists()


def test_strict_imports_nothing_when_a_line_is_unreadable(boss: Client, unit: Unit) -> None:
    from qunyu.kernel.errors import DomainError

    address = give(boss, (TEA_NAME, TEA_CHAT + "31/02/2026, 10:00 - Mei: never\n"))
    boss.post(address, {"do": "start", "title": "试", "unit": unit.public_id, "strict": "yes"})
    owner = Import.objects.get()
    with pytest.raises(DomainError):
        importing.run(owner.pk, place=place(), now=NOW)
    page = boss.get(f"/settings/imports/{owner.public_id}").content.decode()
    assert "严格模式" in page
    assert "失败" in page
    assert not Community.objects.exists()


def test_problems_are_listed_with_file_and_line(boss: Client, unit: Unit) -> None:
    address = give(boss, (TEA_NAME, TEA_CHAT + "31/02/2026, 10:00 - Mei: never\n"))
    done = run(boss, address, unit)
    response = boss.get(f"/settings/imports/{done.public_id}")
    assert response.context["problem_total"] == 1
    page = response.content.decode()
    assert f"{TEA_NAME} · 行 13" in page
    assert "不存在" in page


def test_no_file_is_an_error_at_the_field(boss: Client) -> None:
    response = boss.post("/settings/imports/new", {})
    assert response.status_code == 400
    assert "请选择至少一个文件" in response.content.decode()


def test_too_large_an_upload_is_refused_unread(boss: Client, settings: Settings, data_folder: Path) -> None:
    settings.QUNYU_UPLOAD_LIMIT = 2_000
    response = boss.post("/settings/imports/new", {"files": SimpleUploadedFile("a.txt", b"x" * 3_000)})
    assert response.status_code == 413
    assert "QUNYU_UPLOAD_LIMIT" in response.content.decode()
    assert not (data_folder / "imports").exists()


def test_large_files_are_moved_not_copied(boss: Client, settings: Settings, data_folder: Path) -> None:
    (data_folder / "uploads").mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = data_folder / "uploads"
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    address = give(boss, (TEA_NAME, TEA_CHAT))
    assert not list((data_folder / "uploads").iterdir())
    assert "WhatsApp" in boss.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("聊天 记录.txt", "聊天 记录.txt"),
        (".hidden", "hidden"),
        ("..", "file"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ('<img src="x">.csv', "_img src=_x__.csv"),
        ("", "file"),
    ],
)
def test_names_are_made_safe(name: str, kept: str) -> None:
    assert uploads.safe_name(name) == kept


def test_long_names_fit_the_file_system() -> None:
    kept = uploads.safe_name("群" * 300 + ".txt")
    assert kept.endswith(".txt")
    assert len(kept.encode()) <= 200


def test_files_of_one_name_stay_apart(boss: Client) -> None:
    response = boss.get(give(boss, ("a.txt", "one"), ("a.txt", "two")))
    assert [name for _, name, _, _ in response.context["files"]] == ["a (2).txt", "a.txt"]


def test_giving_up_deletes_the_files(boss: Client, data_folder: Path) -> None:
    address = give(boss, (TEA_NAME, TEA_CHAT))
    assert boss.post(address, {"do": "drop"}).headers["Location"] == "/settings/imports"
    assert not list((data_folder / "imports").iterdir())
    assert boss.get(address).status_code == 404


def test_an_upload_starts_once_and_belongs_to_who_gave_it(boss: Client, owner: Client, unit: Unit) -> None:
    address = give(boss, (TEA_NAME, TEA_CHAT))
    assert owner.get(address).status_code == 404
    run(boss, address, unit)
    again = boss.post(address, {"do": "start", "title": "again", "unit": unit.public_id})
    assert again.status_code == 404
    assert Import.objects.count() == 1


def test_uploads_never_started_are_forgotten(boss: Client, data_folder: Path, director: object) -> None:
    give(boss, (TEA_NAME, TEA_CHAT))
    later = timezone.now() + uploads.KEPT + timedelta(minutes=1)
    uploads.keep([SimpleUploadedFile("b.txt", b"b")], 1, later)
    kept = [path.name for path in (data_folder / "imports").glob("*/given/*")]
    assert kept == ["b.txt"]


def test_who_may_not_import_is_told(admin: Client, tea: Community) -> None:
    done = Import.objects.get()
    assert admin.get("/settings/imports/new").status_code == 403
    assert admin.post("/settings/imports/new", {"files": SimpleUploadedFile("a.txt", b"a")}).status_code == 403
    page = admin.get(f"/settings/imports/{done.public_id}").content.decode()
    assert "/undo" not in page
    assert admin.post(f"/settings/imports/{done.public_id}/undo").status_code == 403
    done.refresh_from_db()
    assert done.state == "done"


def test_nobody_imports_into_a_foreign_unit(owner: Client, other_unit: Unit) -> None:
    address = give(owner, (TEA_NAME, TEA_CHAT))
    assert "华南店" not in owner.get(address).content.decode()
    response = owner.post(address, {"do": "start", "title": "试", "unit": other_unit.public_id})
    assert response.status_code == 400
    assert not Import.objects.exists()


def test_imports_of_other_units_do_not_exist(runners: Community, tea: Community, owner: Client) -> None:
    foreign = Import.objects.get(title__contains="Runners")
    listed = owner.get("/settings/imports").content.decode()
    assert TEA_NAME in listed
    assert "Runners" not in listed
    assert owner.get(f"/settings/imports/{foreign.public_id}").status_code == 404
    assert owner.post(f"/settings/imports/{foreign.public_id}/undo").status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "done"


def test_an_undone_import_cannot_be_undone_again(tea: Community, boss: Client) -> None:
    Import.objects.update(state="undone")
    response = boss.post(f"/settings/imports/{Import.objects.get().public_id}/undo")
    assert response.status_code == 400
    assert "不能撤销" in response.content.decode()


def test_the_list_can_be_searched_filtered_and_exported(tea: Community, runners: Community, boss: Client) -> None:
    found = boss.get("/settings/imports?q=Runners&state=done")
    assert [str(cells[0][1]) for _, cells in found.context["listing"].rows] == ["WhatsApp Chat with Runners.txt"]
    assert not boss.get("/settings/imports?state=failed").context["listing"].rows
    text = b"".join(boss.get("/settings/imports?export=csv&column=records").streaming_content)  # type: ignore[attr-defined]
    assert text.decode("utf-8-sig").splitlines()[1:] == [
        "WhatsApp Chat with Runners.txt,3",
        "WhatsApp Chat with Tea lovers.txt,13",
    ]


def test_an_empty_list_says_what_to_do_first(
    boss: Client, import_file: ImportFile, staff: AddStaff, signed_in: SignedIn
) -> None:
    assert "导入第一批文件" in boss.get("/settings/imports").content.decode()


def test_every_wrong_field_is_said_at_once_and_the_mapping_stays(boss: Client, unit: Unit) -> None:
    address = give(boss, ("我的群.csv", OWN))
    values = {"do": "start", "title": " ", "unit": "nowhere", "source_zone": "Mars/X", "currency": "yuan", **MAPPED}
    response = boss.post(address, values)
    assert response.status_code == 400
    assert sorted(response.context["form"].errors) == ["currency", "source_zone", "title", "unit"]
    assert response.context["mapping"]["columns"] == ["发送于", "谁", "说了什么"]
    chosen = {field.name: column for field, column in response.context["mapping"]["fields"] if column}
    assert chosen == {"time": "发送于", "author_name": "谁", "text": "说了什么"}
    assert [row[3:] for row in response.context["looked"][0].rows] == [("小茶", "早"), ("阿福", "早上好")]
    assert not Import.objects.exists()


def test_columns_can_be_named_while_the_time_zone_is_wrong(boss: Client) -> None:
    response = boss.post(give(boss, ("我的群.csv", OWN)), {"do": "look", "title": "群", "source_zone": "Mars/X"})
    assert list(response.context["form"].errors) == ["source_zone"]
    assert "各列的含义" in response.content.decode()
    assert 'value="Mars/X"' in response.content.decode()


UNREADABLE = "31/02/2026, 10:00 - Mei: never\n"


def kinds_of(client: Client) -> list[tuple[str, int]]:
    """How the import's page sums up its problems."""
    owner = Import.objects.get()
    page = client.get(f"/settings/imports/{owner.public_id}")
    assert "{" not in page.content.decode().split("problems-title")[1].split("</section>")[0]
    return list(page.context["problem_kinds"])


def test_equal_problems_are_summed_up_in_one_sentence(boss: Client, import_file: ImportFile) -> None:
    import_file(TEA_NAME, TEA_CHAT + UNREADABLE * 2)
    said = "时间“31/02/2026 10:00”不存在（例如 2 月 30 日或 25 点）；请核对该行"
    ((sentence, count),) = kinds_of(boss)
    assert (sentence.replace(", ", " "), count) == (said, 2)


def test_different_problems_of_a_kind_are_summed_up_by_an_example(boss: Client, import_file: ImportFile) -> None:
    import_file(TEA_NAME, TEA_CHAT + UNREADABLE + UNREADABLE.replace("31/", "30/"))
    ((sentence, count),) = kinds_of(boss)
    assert count == 2
    assert sentence.startswith("例如：时间“31/02/2026")
    assert sentence.endswith("请核对该行")


def test_problems_that_were_not_kept_are_summed_up_without_their_values(boss: Client, tea: Community) -> None:
    Import.objects.update(summary={"facts": {}, "problems": {"bad_number": 3, "truncated": 1}})
    assert kinds_of(boss) == [
        ("字段“…”的值“…”不是数字；请只写数字，例如 12.50", 3),
        ("文件在此处中断（…）；请重新导出完整的文件", 1),
    ]


def test_a_single_problem_is_said_once(boss: Client, import_file: ImportFile) -> None:
    import_file(TEA_NAME, TEA_CHAT + UNREADABLE)
    assert kinds_of(boss) == []


@pytest.mark.parametrize(
    ("changed", "said"), [({"changed": {"orders": 7}}, True), ({"changed": {"orders": 0}}, False), ({}, False)]
)
def test_orders_whose_state_changed_are_counted(
    changed: dict[str, dict[str, int]], said: bool, boss: Client, tea: Community
) -> None:
    Import.objects.update(summary={"facts": {"order": 9}, "problems": {}, **changed})
    page = boss.get(f"/settings/imports/{Import.objects.get().public_id}").content.decode()
    assert ("<dt>状态有变化的订单</dt><dd>7</dd>" in page) is said
    assert ("状态有变化的订单" in page) is said


def test_an_undone_import_says_so(tea: Community, boss: Client) -> None:
    Import.objects.update(state="undone")
    page = boss.get(f"/settings/imports/{Import.objects.get().public_id}/undo").content.decode()
    assert "这次导入已撤销" in page
    assert "btn-danger" not in page
    assert "彻底删除" not in page


@pytest.mark.parametrize("state", ["waiting", "reading", "saving"])
def test_an_import_under_way_can_be_called_off(state: str, boss: Client, unit: Unit) -> None:
    boss.post(give(boss, (TEA_NAME, TEA_CHAT)), {"do": "start", "title": "试", "unit": unit.public_id})
    Import.objects.update(state=state)
    address = f"/settings/imports/{Import.objects.get().public_id}"
    assert "取消并撤销" in boss.get(address).content.decode()
    page = boss.get(f"{address}/undo").content.decode()
    assert "要取消这次导入吗" in page
    assert "让它继续" in page
    assert boss.post(f"{address}/undo").status_code == 302
    assert Import.objects.get().state == "undoing"


def test_the_preview_names_what_an_import_would_refuse(boss: Client) -> None:
    chat = (
        "time,community,author_id,author_name,text\n2026-03-01 10:00,tea,u1,Ann,hi\n2099-03-01 10:00,tea,u1,Ann,later\n"
    )
    inner = BytesIO()
    with ZipFile(inner, "w") as archive:
        archive.writestr("b.zip", b"PK\x03\x04" + b"0" * 100)
    upload = [SimpleUploadedFile("a.csv", chat.encode()), SimpleUploadedFile("a.zip", inner.getvalue())]
    address = boss.post("/settings/imports/new", {"files": upload}).headers["Location"]
    shown = {each.name: [problem.code for problem in each.problems] for each in boss.get(address).context["looked"]}
    assert shown == {"a.csv": ["future_time"], "b.zip": ["nested_archive"]}
