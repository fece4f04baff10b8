import re
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count

from qunyu.kernel.platform_ids import keyed_id, name_of, sealed_id
from qunyu.kernel.tables import rewrite

_NUMBER = re.compile(r"\d{5,15}", re.ASCII)
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
_PHONE = re.compile(r"\+\d[\d ().\-\u00a0\u2011]{6,20}")


def _names_somebody(platform: str, key: str, name: str, people: int) -> bool:
    """What imports of before did not tell: a chat of two at most that goes by a number or an account is one with a person."""
    if _PHONE.fullmatch(key) or (platform == "zulip" and key.startswith("direct:")):
        return True
    alias = platform == "wechat" and key != name and _ALIAS.fullmatch(key)
    return people <= 2 and bool(alias or (platform in ("telegram", "qq") and _NUMBER.fullmatch(key)))


def seal_direct_chats(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """One by one, each done or not: run again after a crash it goes on, and writes the files anew whoever sealed what is sealed."""
    communities = apps.get_model("communities", "Community").objects
    open_ones = communities.filter(sealed="").annotate(people=Count("memberships")).order_by("id")
    for id, *told, people in list(open_ones.values_list("id", "platform", "key", "name", "people")):
        platform, key, name = told
        if _names_somebody(platform, key, name, people):
            kept = {"key": keyed_id(key), "sealed": sealed_id(key), "name": name_of(key) if name == key else name}
            communities.filter(id=id).update(**kept)
    if communities.exclude(sealed="").exists():
        rewrite(["communities.Community"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("members", "0017_recurring_days"), ("communities", "0003_sealed_keys")]
    operations = [migrations.RunPython(seal_direct_chats)]
