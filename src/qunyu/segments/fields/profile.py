"""Profile: the name, the role, and what somebody wrote into the fields of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, DecimalField, F, Q, QuerySet, When
from django.db.models.functions import Cast

from qunyu.kernel.words import Words
from qunyu.members.fields import Definition, choices_of, fields_in
from qunyu.members.sets import ROLES, values_that_count
from qunyu.segments.rules.vocabulary import FieldSpec, Kind
from qunyu.segments.source import Asking, Source, number_between, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.tree import Field

GROUP = Words("资料", "Profile")
SEALED = Words("加密保存，只能问是否已知", "it lies encrypted: only whether it is known can be asked")
_KINDS: dict[str, Kind] = {
    "number": "number", "date": "date", "yes_no": "choice", "choice": "choice", "choices": "choices",
}  # fmt: skip
NAME, ROLE = "name", "role"


def fields(scope: Scope) -> list[FieldSpec]:
    """Name and role, then every field of the people `scope` may see."""
    own = [
        FieldSpec(NAME, Words("名字", "name"), "text", GROUP),
        FieldSpec(ROLE, Words("角色", "role"), "choice", GROUP, tuple(ROLES.items())),
    ]
    return [*own, *(_spec(each) for each in fields_in(scope))]


def _spec(field: Definition) -> FieldSpec:
    title = Words(field.title.zh, field.title.en)
    if field.sensitive:
        return FieldSpec(field.key, title, "known", GROUP, help=SEALED)
    return FieldSpec(field.key, title, _KINDS.get(field.kind, "text"), GROUP, choices_of(field))


def answer(asking: Asking, leaf: Field, spec: FieldSpec) -> Q:
    """The members of whom the condition is true."""
    if leaf.field == ROLE:
        return ~Q(role="") if leaf.op == "known" else Q(role__in=leaf.values)
    if leaf.field == NAME:
        return _name(leaf)
    told = values_that_count(leaf.field, sealed=spec.kind == "known")
    return those((told if leaf.op == "known" else _compared(asking, told, leaf, spec)).values("person"))


def _name(leaf: Field) -> Q:
    if leaf.op == "known":
        return ~Q(name="")
    return Q(name__icontains=leaf.values[0]) if leaf.op == "contains" else Q(name__in=leaf.values)


def _compared(asking: Asking, told: QuerySet[Any], leaf: Field, spec: FieldSpec) -> QuerySet[Any]:
    if spec.kind == "number":
        # In a CASE: a database may compute what it then leaves out, and what is no number would stop it.
        number = Case(When(~Q(value=""), then=Cast(F("value"), DecimalField(max_digits=24, decimal_places=8))))
        compared: QuerySet[Any] = told.alias(number=number).filter(number_between("number", leaf))
        return compared
    if spec.kind == "date":
        bounds = dict(zip(("value__gte", "value__lte"), asking.span(leaf), strict=True))
        return told.filter(**{name: day.isoformat() for name, day in bounds.items() if day})
    if leaf.op == "contains":
        return told.filter(value__icontains=leaf.values[0])
    if spec.kind == "choices":
        return told.filter(_any_line(leaf.values))
    return told.filter(value__in=leaf.values)


def _any_line(codes: tuple[str, ...]) -> Q:
    """The rows that hold one of the codes, a line each."""
    found = Q(pk__in=())
    for code in codes:
        found |= Q(value=code) | Q(value__startswith=f"{code}\n")
        found |= Q(value__endswith=f"\n{code}") | Q(value__contains=f"\n{code}\n")
    return found


SOURCE = Source(1, fields, answer=answer)
