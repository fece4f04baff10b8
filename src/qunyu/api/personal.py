"""What kept answers of the API hold of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qunyu.api.idempotency import PURPOSE
from qunyu.api.models import KeptAnswer
from qunyu.kernel.personal import Holder, Person
from qunyu.kernel.sealed import readable
from qunyu.kernel.words import Words


def _naming(person: Person) -> Iterator[int]:
    """Answers that name them, or may: what was sealed under another key answers nobody any more."""
    for answer in KeptAnswer.objects.exclude(body="").iterator():
        text = readable(answer.body, PURPOSE)
        if text is None or person.without(text) != text:
            yield answer.pk


def _erase(person: Person) -> Mapping[str, int]:
    KeptAnswer.objects.filter(pk__in=list(_naming(person))).delete()
    return {}


HOLDERS = (
    Holder(
        key="answers",
        title=Words("接口的应答", "Answers of the API"),
        what=Words(
            "带 Idempotency-Key 的请求的应答，加密，保存 24 小时",
            "answers to requests with an Idempotency-Key, sealed, for 24 hours",
        ),
        why=Words("重发的请求不重复执行", "a request sent again is not carried out twice"),
        models=(),
        count=lambda person: len(list(_naming(person))),
        # A copy of what the other holders give out.
        export=lambda person: [],
        erase=_erase,
        stays=Words("24 小时后自动删除", "they go by themselves after 24 hours"),
    ),
)
