"""Tables of duties and of work: every line right, or nothing."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from qunyu.communities.models import Community, Duty, WorkEntry
from qunyu.flows.duty_table import take_duties
from qunyu.flows.given_tables import Taken
from qunyu.flows.opinion_table import check_tellings
from qunyu.flows.work_table import take_work
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.models import Member, StaffLink
from qunyu.members.profile_table import plan
from qunyu.members.tag_table import plan_tags
from qunyu.people.models import Staff, Unit
from qunyu.people.queries import scope_of
from qunyu.people.roster import read_roster
from tests.deployment_fixtures import NOW, AddStaff


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Owner of 华东店."""
    return staff("ann", "owner", unit)


@pytest.fixture
def manager(staff: AddStaff, unit: Unit) -> Scope:
    """A director of 华东店 alone."""
    return scope_of(staff("manager", "director", unit))


def duties(by: Scope, text: str, name: str = "duties.csv") -> Taken:
    return take_duties(by=by, name=name, data=text.encode(), now=NOW)


def work(by: Scope, text: str) -> Taken:
    return take_work(by=by, name="work.csv", data=text.encode(), now=NOW)


def refused(act: object, *args: object) -> DomainError:
    with pytest.raises(DomainError) as error:
        act(*args)  # type: ignore[operator]
    return error.value


def test_duties_with_who_that_is_in_the_chat(ann: Staff, tea: Community, manager: Scope) -> None:
    text = "社群,账号,职责,群内成员\nTea lovers,ann,群主,Mei\nTea lovers,ann,admin,\n"
    assert duties(manager, text) == Taken(added=2, linked=1)
    assert duties(manager, text) == Taken(already=2)
    assert sorted(Duty.objects.values_list("kind", flat=True)) == ["admin", "owner"]
    assert StaffLink.objects.get().member == Member.objects.get(name="Mei")


def test_days_and_what_has_ended(ann: Staff, tea: Community, manager: Scope) -> None:
    text = "社群,账号,职责,开始,结束\nTea lovers,ann,群主,2026-01-05,2026-02-28\nTea lovers,ann,群主,2026/03/01,\n"
    assert duties(manager, text) == Taken(added=2)
    assert duties(manager, text) == Taken(already=2)
    days = Duty.objects.order_by("since").values_list("since", "until")
    assert list(days) == [(date(2026, 1, 5), date(2026, 2, 28)), (date(2026, 3, 1), None)]
    for wrong in ("2026-03-01,2026-02-01", "2026-03-21,", "2026-03-01,2026-03-21", "soon,"):
        error = refused(duties, manager, f"社群,账号,职责,开始,结束\nTea lovers,ann,管理员,{wrong}\n")
        assert error.code == "bad_lines", wrong
    assert Duty.objects.count() == 2


def test_a_workbook_with_the_platforms_id(ann: Staff, tea: Community, manager: Scope) -> None:
    stream = BytesIO()
    with Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("Community", "Account", "Duty"), (tea.key, "ann", "Owner"))):
            sheet.write_row(number, 0, row)
    assert take_duties(by=manager, name="duties.xlsx", data=stream.getvalue(), now=NOW) == Taken(added=1)


def test_every_wrong_line_is_named_and_nothing_is_kept(
    ann: Staff, tea: Community, runners_unit: Unit, staff: AddStaff, manager: Scope
) -> None:
    staff("stranger", "owner", runners_unit)
    text = (
        "community,account,duty,member\n"
        "Tea lovers,ann,owner,\n"
        "Nowhere,ann,owner,\n"
        "Tea lovers,zoe,owner,\n"
        "Tea lovers,ann,king,\n"
        "Tea lovers,stranger,owner,\n"
        "Tea lovers,,owner,\n"
        "Tea lovers,ann,admin,Zoe\n"
    )
    error = refused(duties, manager, text)
    assert error.code == "bad_lines"
    told = [each.en for each in error.data["lines"]]  # type: ignore[attr-defined]
    assert [each.partition(":")[0] for each in told] == [f"line {number}" for number in range(3, 9)]
    for each, words in zip(told, ("Nowhere", "zoe", "king", "no role that reaches", "filled in", "Zoe"), strict=True):
        assert words in each
    assert error.message.zh.startswith("有 6 行需要修改，什么都没有导入：第 3 行：没有您可以编辑的社群“Nowhere”")
    assert not Duty.objects.exists()


@pytest.fixture
def runners_unit(other_unit: Unit) -> Unit:
    return other_unit


def test_two_communities_of_one_name(ann: Staff, unit: Unit, manager: Scope) -> None:
    for platform in ("wechat", "qq"):
        Community.objects.create(unit=unit, platform=platform, key=platform, name="Club")
    assert "2 communities" in refused(duties, manager, "community,account,duty\nClub,ann,owner\n").message.en
    assert duties(manager, "community,account,duty,platform\nClub,ann,owner,QQ\n") == Taken(added=1)
    assert Duty.objects.get().community.platform == "qq"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("community,account,duty\n", "has a header and no rows"),
        ("community,duty\nTea,owner\n", "the table needs the columns 社群 community, 账号 account, 职责 duty"),
    ],
)
def test_what_is_no_such_table(text: str, told: str, manager: Scope) -> None:
    error = refused(duties, manager, text)
    assert (error.code, error.data["field"]) == ("bad_table", "file")
    assert told in error.message.en


@pytest.mark.parametrize(
    ("header", "column", "told"),
    [
        ("community,account,duty,when", "when", "the columns are: 社群 community"),
        ("community,account,duty,comunity", "comunity", "did you mean community"),
        ("社群,账号,职责,开始日", "开始日", "did you mean 开始"),
        ("community,account,duty,community", "community", "stands there twice"),
        ("community,account,duty,社群", "community", "stands there twice"),
    ],
)
def test_columns_that_are_none_of_ours(
    header: str, column: str, told: str, ann: Staff, tea: Community, manager: Scope
) -> None:
    error = refused(duties, manager, f"{header}\nTea lovers,ann,owner,2026-03-01\n")
    assert (error.code, error.data["column"], error.data["field"]) == ("unknown_column", column, "file")
    assert told in error.message.en
    assert not Duty.objects.exists()


def test_columns_without_a_name_must_be_empty(ann: Staff, tea: Community, manager: Scope) -> None:
    assert duties(manager, "community,account,duty,\nTea lovers,ann,owner,\n") == Taken(added=1)
    error = refused(duties, manager, "community,account,duty,\nTea lovers,ann,admin,x\n")
    assert (error.code, "line 2 has something in column 4" in error.message.en) == ("bad_table", True)


def test_a_missing_column_names_every_one_that_would_do(manager: Scope) -> None:
    def opinions(by: Scope, text: str) -> object:
        return check_tellings(by=by, name="opinions.csv", data=text.encode(), now=NOW)

    error = refused(opinions, manager, "kind,stars\nrating,5\n")
    assert "种类 kind, 成员编号 member_id or 平台账号 platform_id; and" in error.message.en
    error = refused(opinions, manager, "member_id,kind,stars,wen\nx,rating,5,2026-03-02\n")
    assert (error.code, error.data["column"]) == ("unknown_column", "wen")


JUNK = bytes(range(256)) * 4


@pytest.mark.parametrize(
    "data", [JUNK, b"\x00\x01\x02\x03", b"member_id,\x00\x01tag\nx,y\n"], ids=["bytes", "few", "within"]
)
def test_what_is_neither_text_nor_a_workbook(data: bytes, system: Scope, tmp_path: Path) -> None:
    path = tmp_path / "junk.xlsx"
    path.write_bytes(data)
    ways = (
        lambda: take_duties(by=system, name="junk.xlsx", data=data, now=NOW),
        lambda: plan(system, path, create=False, today=date(2026, 3, 20)),
        lambda: plan_tags(system, path),
        lambda: read_roster("junk.xlsx", data),
    )
    for way in ways:
        error = refused(way)
        assert (error.code, error.message.en.endswith("is no table; save it as CSV (UTF-8) or XLSX")) == (
            "bad_table",
            True,
        )


def test_a_table_beyond_reason(manager: Scope) -> None:
    error = refused(duties, manager, "community,account,duty\n" + "a,b,c\n" * 5_001)
    assert (error.code, "5000 lines" in error.message.en) == ("bad_table", True)


def test_who_may_give_none(staff: AddStaff, unit: Unit, tea: Community, ann: Staff) -> None:
    with pytest.raises(Denied):
        duties(scope_of(staff("ben", "admin", unit)), "community,account,duty\nTea lovers,ann,owner\n")
    error = refused(duties, scope_of(ann), "community,account,duty,member\nTea lovers,ann,owner,Mei\n")
    assert "manage the organisation" in error.message.en
    assert not Duty.objects.exists()
    assert not StaffLink.objects.exists()


def test_work_of_oneself(ann: Staff, tea: Community) -> None:
    text = "日期,分钟,工作,社群,备注\n2026-03-02,30,答疑,Tea lovers,关于泡茶\n2026/03/03,15,links,,\n"
    assert work(scope_of(ann), text) == Taken(added=2)
    assert work(scope_of(ann), text) == Taken(already=2)
    rows = [
        (each.staff.username, each.day, each.minutes, each.kind, each.note) for each in WorkEntry.objects.order_by("id")
    ]
    assert rows == [("ann", date(2026, 3, 2), 30, "answering", "关于泡茶"), ("ann", date(2026, 3, 3), 15, "links", "")]


def test_wrong_lines_of_work(ann: Staff, tea: Community, staff: AddStaff, unit: Unit) -> None:
    staff("ben", "admin", unit)
    text = (
        "day,minutes,kind,community,account\n"
        "yesterday,30,links,,\n"
        "2026-03-02,half,links,,\n"
        "2026-03-02,1441,links,,\n"
        "2026-03-02,30,sleeping,,\n"
        "2026-03-02,30,links,Nowhere,\n"
        "2026-03-02,30,links,,ben\n"
        "2026-03-21,30,links,,\n"
    )
    error = refused(work, scope_of(ann), text)
    assert len(error.data["lines"]) == 7  # type: ignore[arg-type]
    assert not WorkEntry.objects.exists()


def test_work_of_nobody_needs_an_account(system: Scope) -> None:
    assert "fill in the account" in refused(work, system, "day,minutes,kind\n2026-03-02,30,links\n").message.en
