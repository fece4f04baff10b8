"""What sessions hold of people, messages that were not shown yet; and how long wrong passwords are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.contrib.sessions.models import Session

from qunyu.console.models import SignInFailure
from qunyu.kernel.personal import Holder, Kind, Person
from qunyu.kernel.words import Words
from qunyu.members.personal import names_of


def _naming(person: Person) -> Iterator[str]:
    """By ids and numbers only: a name is in too many words, and whoever reads them would be signed out."""
    known: Person | None = None
    for session in Session.objects.iterator():
        text = json.dumps(session.get_decoded(), ensure_ascii=False, default=str)
        if person.without(text) == text:
            continue
        known = known or replace(person, terms=tuple(sorted(set(person.terms) - names_of(person))))
        if known.without(text) != text:
            yield session.pk


def _erase(person: Person) -> Mapping[str, int]:
    Session.objects.filter(pk__in=list(_naming(person))).delete()
    return {}


HOLDERS = (
    Holder(
        key="sessions",
        title=Words("登录会话", "Sessions"),
        what=Words("尚未显示的页面提示", "messages to operators that were not shown yet"),
        why=Words("提示操作结果", "telling what was done"),
        models=(),
        count=lambda person: len(list(_naming(person))),
        export=lambda person: [],
        erase=_erase,
        stays=Words("随登录会话过期自动删除", "they go by themselves when the session expires"),
    ),
)
KINDS = (
    Kind(
        key="sign_in_failures",
        title=Words("登录失败记录", "Failed sign-ins"),
        help=Words(
            "从哪里输错过密码；限制猜密码只看最近 15 分钟",
            "where wrong passwords came from; the limit on guessing looks at the last 15 minutes alone",
        ),
        count=lambda before: SignInFailure.objects.filter(at__lt=before).count(),
        remove=lambda before: SignInFailure.objects.filter(at__lt=before).delete()[0],
        models=("console.SignInFailure",),
    ),
)
