from collections.abc import Iterator
from typing import Any

from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

from qunyu.kernel.platform_ids import chat_partners, keyed_id, name_of, sealed_id
from qunyu.kernel.tables import rewrite

CHUNK = 1_000
# Keys of ours, and what erasure left.
_OURS = Q(platform__startswith="contact") | Q(key__startswith="erased-")
_CALLED = "UPDATE members_member SET name = %s WHERE id = %s AND name = %s"
_IDENTITY = "UPDATE members_identity SET key = %s, sealed = %s, name = %s WHERE id = %s"
_MARK = "UPDATE members_mark SET value = %s, sealed = %s WHERE id = %s"


def seal_ids(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """In chunks, each done or not: run again after a crash it goes on, and writes the files anew whoever sealed what is sealed."""
    identities = apps.get_model("members", "Identity").objects.filter(community=None, sealed="").exclude(_OURS)
    marks = apps.get_model("members", "Mark").objects.filter(kind="union", sealed="")
    for rows in _chunks(identities, "id", "key", "name", "own_member_id"):
        with transaction.atomic(), editor.connection.cursor() as cursor:
            named = [(name_of(key), own, key) for _, key, name, own in rows if name == key]
            if named:
                cursor.executemany(_CALLED, named)
            told = [(keyed_id(k), sealed_id(k), name_of(k) if n == k else n, id) for id, k, n, _ in rows]
            cursor.executemany(_IDENTITY, told)
    for rows in _chunks(marks, "id", "value"):
        with transaction.atomic(), editor.connection.cursor() as cursor:
            cursor.executemany(_MARK, [(keyed_id(value), sealed_id(value), id) for id, value in rows])
    communities = apps.get_model("communities", "Community").objects
    for platform, key, name, id in communities.filter(sealed="").values_list("platform", "key", "name", "id"):
        known = apps.get_model("members", "Identity").objects.filter(platform=platform, key__in=chat_partners(key))
        if key.startswith("wxid_") or known.filter(community=None).exists():
            kept = {"key": keyed_id(key), "sealed": sealed_id(key), "name": name_of(key) if name == key else name}
            communities.filter(id=id).update(**kept)
    if any(apps.get_model("members", name).objects.exclude(sealed="").exists() for name in ("Identity", "Mark")):
        rewrite(["members.Identity", "members.Mark", "members.Member", "communities.Community"])


def _chunks(wanted: Any, *fields: str) -> Iterator[list[tuple[Any, ...]]]:
    """Each chunk begins anew: what was done no longer fits."""
    last = 0
    while rows := list(wanted.filter(id__gt=last).order_by("id").values_list(*fields)[:CHUNK]):
        last = rows[-1][0]
        yield rows


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("members", "0013_sealed_ids"), ("communities", "0003_sealed_keys")]
    operations = [migrations.RunPython(seal_ids)]
