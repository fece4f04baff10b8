"""Sign-in rules: what passwords, second factors and sessions must be, for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.queries import root_unit
from qunyu.people.sign_in_rules import DEMANDED_OF, NUMBERS, SECOND_FACTOR, RuleNumber, change_rules, rules_now

SAVED = Words("已保存，立即生效", "Saved; it holds from now on")
SAME = Words("没有改动", "Nothing was changed")
NO_NUMBER = Words("“{text}”不是整数", "“{text}” is no whole number")


@dataclass(frozen=True)
class Field:
    """One number in the form, and what was typed."""

    rule: RuleNumber
    given: str


def show_sign_in_rules(request: Ask) -> HttpResponse:
    """The rules; who manages accounts at the root changes them, other managers read them."""
    request.scope.require("staff.manage")
    rules = rules_now()
    first = {each.key: str(getattr(rules, each.key)) for each in NUMBERS}
    form = Form.of(request, second_factor=rules.second_factor, **first)
    if request.method == "POST":
        request.scope.require("staff.manage", root_unit().pk)
        changed = _changed(request, form)
        if changed is not None:
            messages.success(request, str(SAVED if changed else SAME))
            return redirect("console:sign_in_rules")
    context = {
        "form": form,
        "fields": [Field(each, form.text(each.key)) for each in NUMBERS],
        "who": SECOND_FACTOR,
        "choices": [(key, words, key == form.text("second_factor")) for key, words in DEMANDED_OF.items()],
        "may_change": request.scope.may("staff.manage", root_unit().pk),
    }
    return answer(request, "sign_in_rules", context, status=400 if form.errors else 200)


def _changed(request: Ask, form: Form) -> bool | None:
    """Whether anything was changed; None when something is wrong, which the form tells of."""
    changes: dict[str, int | str] = {"second_factor": form.text("second_factor")}
    for each in NUMBERS:
        text = form.text(each.key)
        if text.isascii() and text.isdigit():
            changes[each.key] = int(text)
        else:
            form.errors[each.key] = str(NO_NUMBER.fill(text=text))
    if form.errors:
        return None
    try:
        return change_rules(by=request.scope, changes=changes, now=timezone.now())
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
        return None
