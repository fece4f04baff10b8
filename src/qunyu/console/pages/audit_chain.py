"""Whether the audit trail is whole, and its head to keep elsewhere."""

from __future__ import annotations

from django.http import HttpResponse

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.audit_chain import FINDINGS, Chain
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.trail import chain, require_trail

# About a second's work, on demand; the command line reads all.
NEWEST = 5_000
SHOWN = 100
CHECKED = Words("核对了最新的 {n} 条，共 {all} 条封存", "the newest {n} of {all} sealed entries were checked")


def show_chain(request: Ask) -> HttpResponse:
    """How much is sealed, and the head; with `head`, one that was kept elsewhere, or an empty one, what a check of the newest finds."""
    require_trail(request.scope)
    form = Form(request.GET)
    asked = "head" in request.GET
    try:
        found = chain(request.scope, form.text("head"), NEWEST if asked else 0)
    except DomainError as error:
        form.refuse(error, "head")
        found = chain(request.scope, "", 0)
    compared = bool(form.text("head")) and not form.errors
    context = {"form": form, "compared": compared, "asked": asked and not form.errors, **_told(found)}
    return answer(request, "audit_chain", context, status=400 if form.errors else 200)


def _told(found: Chain) -> dict[str, object]:
    rows = [(each, FINDINGS[each.kind]) for each in found.findings[:SHOWN]]
    return {
        "chain": found,
        "findings": rows,
        "more": found.wrong - len(rows),
        "checked": CHECKED.fill(n=f"{found.checked:,}", all=f"{found.seals:,}"),
    }
