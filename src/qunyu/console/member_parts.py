"""Member parts: a page about one side of a member, which is a card on the member's page too, and where things are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import find_person

if TYPE_CHECKING:
    from qunyu.members.models import Member


@dataclass(frozen=True)
class MemberPart:
    """Page and template are called `name`; `act` does what was posted (`done` is said then), `told` is what the page shows.

    `place` names the field that an error stands at, given the form and the action's field.
    """

    name: str
    done: Words
    act: Callable[[Ask, Form, Member], None]
    told: Callable[[Ask, Member], dict[str, Any]]
    place: Callable[[Form, str], str] = lambda _, field: field

    def show(self, request: Ask, public_id: str) -> HttpResponse:
        """The page, or with htmx the card; posted with `do` it does one thing."""
        request.scope.require("members.view")
        member = find_person(request.scope, public_id)
        form = Form.of(request)
        if request.method == "POST":
            try:
                self.act(request, form, member)
                messages.success(request, str(self.done))
                return redirect(f"console:{self.name}", public_id)
            except DomainError as error:
                form.refuse(error, self.place(form, str(error.data.get("field", ""))))
        context = {"member": member, "form": form, **self.told(request, member)}
        return answer(request, self.name, context, part=f"_{self.name}", status=400 if form.errors else 200)
