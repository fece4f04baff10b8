"""Whether the audit trail is whole: on its page, through the API and on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from qunyu.cli.audit import audit
from qunyu.kernel import audit_heads
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry, AuditSeal
from qunyu.kernel.words import Language, speaking
from qunyu.people.models import Unit
from qunyu.people.tasks import seal_audit
from tests.console.conftest import read
from tests.deployment_fixtures import AddStaff, SignedIn
from tests.kernel.test_audit_chain import loosened

PAGE, OPERATION = "/settings/audit/chain", "/api/v1/audit/chain"
CHECKED = f"{PAGE}?head="


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line works on this test's deployment."""
    monkeypatch.setattr("qunyu.cli.audit.set_up", lambda: None)


def run(language: Language, *words: str) -> tuple[int, list[str]]:
    """The exit code of `qunyu audit …` and what it printed."""
    with speaking(language):
        ended = CliRunner().invoke(audit, list(words))
    return ended.exit_code, ended.stdout.splitlines()


def test_what_is_wrong_is_named_everywhere(boss: Client, staff: AddStaff, signed_in: SignedIn, unit: Unit) -> None:
    assert "还没有封存" in read(boss.get(PAGE))
    assert seal_audit() > 0
    head = CliRunner().invoke(audit, ["head"], catch_exceptions=False).stdout.splitlines()[-1]
    assert "尚未核对" in read(boss.get(PAGE)) and "没有发现问题" in read(boss.get(CHECKED))
    assert CliRunner().invoke(audit, ["verify", "--head", head]).exit_code == 0
    refused = boss.get(PAGE, {"head": f"{head}x"})
    assert refused.status_code == 400 and f"{head}x" in read(refused) and "不是本部署签出" in read(refused)
    first = AuditEntry.objects.earliest("id")
    loosened(("DELETE FROM kernel_auditentry WHERE id = %s", (first.pk,)))
    assert "被移除" in read(boss.get(PAGE, {"head": head}))
    told = boss.get(OPERATION).json()
    assert (told["whole"], [(each["kind"], each["entry"]) for each in told["findings"]]) == (
        False,
        [("removed", first.pk)],
    )
    found = CliRunner().invoke(audit, ["verify"])
    assert (found.exit_code, str(first.pk) in found.stdout) == (1, True)
    below = signed_in(staff("below", "auditor", unit))
    assert (below.get(PAGE).status_code, below.get(OPERATION).status_code) == (403, 403)


def test_the_command_line_tells_in_both_languages(boss: Client, data_folder: Path) -> None:
    count = AuditEntry.objects.count()
    code, lines = run("zh", "head")
    assert (code, [audit_heads.parsed(each) for each in lines]) == (0, [audit_heads.newest_written()])
    assert run("zh", "verify") == (0, [f"审计记录完整：核对 {count} 条"])
    assert run("en", "verify") == (0, [f"the trail is whole: {count} entries checked"])
    (data_folder / "audit-heads.txt").unlink()
    assert "链头文件缺失" in run("zh", "verify")[1][1]
    code, lines = run("en", "verify")
    assert (code, "file of heads outside the database is missing" in lines[1]) == (1, True)
    refused = CliRunner().invoke(audit, ["head"])
    assert (refused.exit_code, refused.stdout) == (1, "") and isinstance(refused.exception, DomainError)
    with pytest.raises(DomainError, match="qunyu audit restart"):
        seal_audit()
    assert run("zh", "restart", "--reason", "恢复了备份")[0] == 0
    assert AuditEntry.objects.get(action="audit.restart").reason == "恢复了备份"
    assert (seal_audit(), AuditSeal.objects.count(), run("en", "verify")[0]) == (1, count + 1, 0)
