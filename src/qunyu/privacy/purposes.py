"""Purposes: what data may be used for when people agree, beside those of the product; added, reworded, retired."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.privacy.consents import PURPOSES
from qunyu.privacy.models import Purpose
from qunyu.privacy.requests import NEEDED, require_officer

if TYPE_CHECKING:
    from qunyu.people.models import Unit

_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
LONGEST = 60
BAD_KEY = Words(
    "代码须是未用过的小写字母、数字、下划线（2 至 40 个）", "the key has 2 to 40 of a-z, 0-9, _ and is free"
)
BAD_NAME = Words("名称须有 1 至 {most} 个字", "the name has 1 to {most} characters")


def own_purposes(scope: Scope) -> QuerySet[Purpose]:
    """The purposes that units have added, retired ones too, the oldest first.

    Raises Denied.
    """
    require_officer(scope)
    return Purpose.objects.select_related("unit").order_by("id")


def find_purpose(scope: Scope, public_id: str) -> Purpose:
    """The purpose with that public id.

    Raises Denied; DomainError unknown_purpose.
    """
    found = own_purposes(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的目的", "there is no purpose with the id “{id}”")
        raise DomainError("unknown_purpose", message.fill(id=public_id), id=public_id)
    return found


def _require(by: Scope, unit: int) -> None:
    if not by.may("settings.edit", unit) and not by.may(NEEDED, unit):
        raise Denied(NEEDED)


def _names(name_zh: str, name_en: str) -> dict[str, str]:
    for field, name in (("name_zh", name_zh), ("name_en", name_en)):
        if len(name.strip()) > LONGEST or (field == "name_zh" and not name.strip()):
            raise DomainError("bad_purpose", BAD_NAME.fill(most=LONGEST), field=field)
    return {"name_zh": name_zh.strip(), "name_en": name_en.strip() or name_zh.strip()}


def add_purpose(*, by: Scope, unit: Unit, key: str, name_zh: str, name_en: str = "", now: datetime) -> Purpose:
    """A purpose of a unit's own, for whoever protects personal data or changes the unit's settings.

    Raises Denied; DomainError bad_purpose with the `field`, for a key that is none or taken, or without a name.
    """
    _require(by, unit.pk)
    names = _names(name_zh, name_en)
    if not _KEY.fullmatch(key) or key in PURPOSES or Purpose.objects.filter(key=key).exists():
        raise DomainError("bad_purpose", BAD_KEY, field="key")
    with transaction.atomic():
        made = Purpose.objects.create(unit=unit, key=key, **names)
        audit.record(by=by.actor, action="consent.purpose", kind="unit", id=unit.pk, now=now)
    return made


def reword(*, by: Scope, purpose: Purpose, name_zh: str, name_en: str = "", now: datetime) -> bool:
    """Calls a purpose otherwise; what people said to it stays on record. Whether that changed anything.

    Raises Denied; DomainError bad_purpose with the `field`.
    """
    _require(by, purpose.unit_id)
    return _changed(by, purpose, now, **_names(name_zh, name_en))


def retire(*, by: Scope, purpose: Purpose, retired: bool, now: datetime) -> bool:
    """Nobody can agree to it any more, or (not `retired`) again; what was said stays on record, and can be taken back.

    Raises Denied.
    """
    _require(by, purpose.unit_id)
    if retired == (purpose.archived_at is not None):
        return False
    return _changed(by, purpose, now, archived_at=now if retired else None)


@transaction.atomic
def _changed(by: Scope, purpose: Purpose, now: datetime, **told: object) -> bool:
    before = {name: getattr(purpose, name) for name in told}
    if before == told:
        return False
    Purpose.objects.filter(pk=purpose.pk).update(**told)
    audit.record(by=by.actor, action="consent.purpose", kind="unit", id=purpose.unit_id, now=now)
    return True
