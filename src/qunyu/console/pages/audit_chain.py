"""Whether the audit trail is whole, and its head to keep elsewhere."""

from __future__ import annotations

from django.http import HttpResponse

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.audit_chain import FINDINGS, Chain
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.trail import chain, require_trail

# A page reads so many of the newest; the command line reads all.
NEWEST = 20_000
SHOWN = 100
CHECKED = Words("核对了最新的 {n} 条，共 {all} 条封存", "the newest {n} of {all} sealed entries were checked")


def show_chain(request: Ask) -> HttpResponse:
    """The state, what is wrong, and the head; `head` is one that was kept elsewhere."""
    require_trail(request.scope)
    form = Form(request.GET)
    try:
        found = chain(request.scope, form.text("head"), NEWEST)
    except DomainError as error:
        form.refuse(error, "head")
        found = chain(request.scope, "", NEWEST)
    context = {"form": form, "compared": bool(form.text("head")) and not form.errors, **_told(found)}
    return answer(request, "audit_chain", context, status=400 if form.errors else 200)


def _told(found: Chain) -> dict[str, object]:
    rows = [(each, FINDINGS[each.kind]) for each in found.findings[:SHOWN]]
    return {
        "chain": found,
        "findings": rows,
        "more": len(found.findings) - len(rows),
        "checked": CHECKED.fill(n=f"{found.checked:,}", all=f"{found.seals:,}"),
    }
