"""Fields: what a profile can hold, the basic ones and those that units make for themselves."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import seal
from qunyu.kernel.words import Words
from qunyu.members.matching import chunks
from qunyu.members.models import Field, ProfileEntry
from qunyu.members.rules.values import BASIC, KINDS, LENGTHS, YES_NO, Definition
from qunyu.people.queries import unit_paths

if TYPE_CHECKING:
    from qunyu.people.models import Unit

__all__ = [
    "BASIC",
    "KINDS",
    "Definition",
    "add_field",
    "archive_field",
    "choices_of",
    "definition",
    "delete_field",
    "edit_field",
    "fields_in",
    "fields_of_unit",
    "filled",
    "find_field",
    "move_field",
]

# What sensitive values are sealed for.
PURPOSE = "members.profile"
MAX_OPTIONS = 100
_KEY = re.compile(r"[a-z][a-z0-9_]{0,38}[a-z0-9]")


def definition(row: Field) -> Definition:
    """The field that somebody made, as the rules see it."""
    return Definition(
        row.key,
        Words(row.name_zh, row.name_en),
        row.kind,
        row.sensitive,
        tuple((each, Words(each, each)) for each in row.options),
        row.least,
        row.most,
        row.help,
        row.unit_id,
        row.public_id,
        row.archived_at is not None,
    )


def fields_in(scope: Scope, units: Collection[int] | None = None, *, archived: bool = False) -> list[Definition]:
    """The fields of people in `units` (None: of anybody `scope` may see), basic ones first, then in the order of their units."""
    paths = unit_paths()
    seen = paths.keys() if scope.everything else scope.units("members.view")
    here = [paths[each] for each in (seen if units is None else seen & set(units)) if each in paths]
    rows = Field.objects.select_related("unit").order_by("unit__path", "position", "id")
    rows = rows if archived else rows.filter(archived_at=None)
    return [*BASIC, *(definition(row) for row in rows if any(path.startswith(row.unit.path) for path in here))]


def fields_of_unit(scope: Scope, unit: Unit) -> list[Definition]:
    """The fields that `unit` itself made, archived ones too.

    Raises Denied.
    """
    scope.require("settings.edit", unit.pk)
    return [definition(row) for row in Field.objects.filter(unit=unit).order_by("position", "id")]


def find_field(scope: Scope, public_id: str) -> Field:
    """The field with that public id.

    Raises DomainError unknown_profile_field unless `scope` may change it.
    """
    found = Field.objects.filter(public_id=public_id).select_related("unit").first()
    if found is None or not scope.may("settings.edit", found.unit_id):
        message = Words("没有编号为“{id}”的字段", "there is no field with the id “{id}”")
        raise DomainError("unknown_profile_field", message.fill(id=public_id), id=public_id)
    return found


@transaction.atomic
def add_field(*, by: Scope, unit: Unit, key: str, kind: str, now: datetime, **told: Any) -> Field:
    """A new field of `unit`; `told` as in `edit_field`.

    Raises Denied; DomainError bad_field or field_taken with the `field` of the form.
    """
    by.require("settings.edit", unit.pk)
    if not _KEY.fullmatch(key):
        reason = Words(
            "代码由 2 至 40 个小写字母、数字和下划线组成，以字母开头",
            "a key has 2 to 40 small letters, digits and underscores, a letter first",
        )
        raise DomainError("bad_field", reason, field="key")
    if key in {each.key for each in BASIC} or Field.objects.filter(key=key).exists():
        raise DomainError(
            "field_taken", Words("代码“{key}”已被使用", "the key “{key}” is taken").fill(key=key), field="key"
        )
    if kind not in KINDS:
        reason = Words("没有类型“{kind}”；可用：{known}", "there is no kind “{kind}”; there are: {known}")
        raise DomainError("bad_field", reason.fill(kind=kind, known=", ".join(KINDS)), field="kind")
    last = Field.objects.filter(unit=unit).aggregate(last=Max("position"))["last"]
    row = Field(unit=unit, key=key, kind=kind, position=0 if last is None else last + 1)
    _take(row, {"name_zh": "", "name_en": "", **told})
    row.save()
    audit.record(by=by.actor, action="field.add", kind="field", id=row.pk, now=now, unit=unit.pk)
    return row


@transaction.atomic
def edit_field(*, by: Scope, field: Field, now: datetime, **told: Any) -> Field:
    """The field with other name_zh, name_en, options, least, most, help or sensitive; its key and kind stay.

    What was written into it is sealed when it becomes sensitive; an option that goes stays where somebody has it.
    Raises Denied; DomainError bad_field with the `field` of the form.
    """
    by.require("settings.edit", field.unit_id)
    before = {name: getattr(field, name) for name in _TOLD}
    _take(field, told)
    changed = sorted(name for name in _TOLD if getattr(field, name) != before[name])
    if changed:
        field.save()
        if field.sensitive and not before["sensitive"]:
            _seal(field.key)
        audit.record(by=by.actor, action="field.edit", kind="field", id=field.pk, now=now, fields=changed)
    return field


@transaction.atomic
def move_field(*, by: Scope, field: Field, down: bool, now: datetime) -> None:
    """Puts the field before its neighbour among its unit's fields, or behind it.

    Raises Denied.
    """
    by.require("settings.edit", field.unit_id)
    rows = list(Field.objects.filter(unit=field.unit_id).order_by("position", "id"))
    place = next(number for number, row in enumerate(rows) if row.pk == field.pk)
    other = place + (1 if down else -1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows):
            row.position = number
        Field.objects.bulk_update(rows, ("position",))
        audit.record(by=by.actor, action="field.move", kind="field", id=field.pk, now=now)


@transaction.atomic
def archive_field(*, by: Scope, field: Field, archived: bool, now: datetime) -> None:
    """Takes a field out of every form, what was written stays; or brings it back.

    Raises Denied.
    """
    by.require("settings.edit", field.unit_id)
    rows = Field.objects.filter(pk=field.pk, archived_at__isnull=archived)
    if rows.update(archived_at=now if archived else None):
        action = "field.archive" if archived else "field.restore"
        audit.record(by=by.actor, action=action, kind="field", id=field.pk, now=now)


@transaction.atomic
def delete_field(*, by: Scope, field: Field, typed: str, now: datetime) -> int:
    """Removes a field with everything written into it, for good; of how many people that was.

    Raises Denied; DomainError name_needed when it is not empty and `typed` is not its name.
    """
    by.require("settings.edit", field.unit_id)
    people = filled(field)
    if people and typed.strip() not in (field.name_zh, field.name_en):
        message = Words(
            "{n} 人填写过“{name}”；要连同内容删除，请输入字段名称",
            "{n} people have “{name}” filled in; type its name to delete it with what it holds",
        )
        name = Words(field.name_zh, field.name_en)
        words = Words(message.zh.format(n=people, name=name.zh), message.en.format(n=people, name=name.en))
        raise DomainError("name_needed", words, field="typed")
    ProfileEntry.objects.filter(field=field.key).delete()
    audit.record(by=by.actor, action="field.delete", kind="field", id=field.pk, now=now, people=people)
    field.delete()
    return people


def filled(field: Field) -> int:
    """Of how many people something was ever written into the field."""
    return ProfileEntry.objects.filter(field=field.key).values("member").distinct().count()


def choices_of(field: Definition) -> tuple[tuple[str, Words], ...]:
    """The (code, name) of what can be chosen; empty where anything can be typed."""
    return tuple(YES_NO.items()) if field.kind == "yes_no" else field.options


_TOLD = ("name_zh", "name_en", "options", "least", "most", "help", "sensitive")


def _take(row: Field, told: Mapping[str, Any]) -> None:
    for name, value in told.items():
        if name not in _TOLD:
            raise TypeError(f"a field has no {name}")
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.name_en = row.name_en or row.name_zh
    row.name_zh = row.name_zh or row.name_en
    if not row.name_zh or max(len(row.name_zh), len(row.name_en)) > 60:
        raise _bad("name_zh", Words("名称须有 1 至 60 个字", "a name has 1 to 60 characters"))
    if len(row.help) > 200:
        raise _bad("help", Words("说明最多 200 个字", "the help has at most 200 characters"))
    row.options = _options(row)
    for name in ("least", "most"):
        setattr(row, name, _bound(row, name))


def _bad(place: str, reason: Words) -> DomainError:
    return DomainError("bad_field", reason, field=place)


def _options(row: Field) -> list[str]:
    if row.kind not in ("choice", "choices"):
        return []
    found = list(dict.fromkeys(each.strip() for each in row.options if each.strip()))
    if not 1 <= len(found) <= MAX_OPTIONS or any(len(each) > 60 or re.search(r"[\n,，、;；|]", each) for each in found):
        reason = Words(
            "请给出 1 至 {n} 个选项，每行一个，最多 60 字，不含逗号、顿号、分号和“|”",
            "give 1 to {n} options, one a line, of at most 60 characters, without commas, semicolons and “|”",
        )
        raise _bad("options", reason.fill(n=MAX_OPTIONS))
    return found


def _bound(row: Field, name: str) -> str:
    text = str(getattr(row, name)).strip()
    if not text or row.kind not in ("number", "date", "text", "long_text"):
        return ""
    try:
        if row.kind == "date":
            return date.fromisoformat(text).isoformat()
        if row.kind == "number":
            return f"{Decimal(text).normalize():f}"
        return str(min(max(int(text), 0), LENGTHS[row.kind]))
    except (ValueError, InvalidOperation):
        raise _bad(name, Words("“{text}”不是可用的界限", "“{text}” is no bound").fill(text=text[:20])) from None


def _seal(key: str) -> None:
    for part in chunks(set(ProfileEntry.objects.filter(field=key, sealed=False).values_list("id", flat=True))):
        rows = list(ProfileEntry.objects.filter(id__in=part))
        for row in rows:
            row.value, row.sealed = seal(row.value, PURPOSE), True
        ProfileEntry.objects.bulk_update(rows, ("value", "sealed"), batch_size=300)
