"""Whether the audit trail is whole: on its page, through the API and on the command line."""

import pytest
from click.testing import CliRunner
from django.test import Client

from qunyu.cli.audit import audit
from qunyu.kernel.audit_chain import seal_entries
from qunyu.kernel.models import AuditEntry
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn
from tests.kernel.test_audit_chain import loosened

PAGE, OPERATION = "/settings/audit/chain", "/api/v1/audit/chain"


def test_what_is_wrong_is_named_everywhere(
    boss: Client, staff: AddStaff, signed_in: SignedIn, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qunyu.cli.audit.set_up", lambda: None)
    assert "还没有封存" in read(boss.get(PAGE))
    seal_entries(NOW)
    head = CliRunner().invoke(audit, ["head"], catch_exceptions=False).stdout.splitlines()[-1]
    assert "没有发现问题" in read(boss.get(PAGE))
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
