"""What the members package keeps of people: who they are, their profile, what was said with them one by one, tags, labels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from qunyu.communities.called import called_after, chats_with, forget_chats
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.personal import ERASED, Holder, Kind, Overview, Person, plain, scrub, scrub_names
from qunyu.kernel.platform_ids import keyed_id, readable_id
from qunyu.kernel.sealed import NOT_READABLE, readable, seal
from qunyu.kernel.words import Words
from qunyu.members.belonging import CONTACT
from qunyu.members.fields import PURPOSE
from qunyu.members.models import (
    Contact,
    Field,
    Identity,
    Label,
    Link,
    Mark,
    Member,
    Membership,
    MergeDecision,
    PastLabel,
    ProfileEntry,
    ProfileImport,
    Quiet,
    StaffLink,
    Suggestion,
    Tag,
    TagAct,
    Tagging,
    TagGroup,
)
from qunyu.members.rules.tags import folded
from qunyu.members.rules.values import BASIC
from qunyu.members.stops import stop_of, stop_of_chat, stop_of_mark

# What of a profile names the person wherever it stands.
NAMING_FIELDS = ("real_name", "phone", "email")
_FREE = ("text", "long_text")
_KEPT_KEY = "erased-"


def head_of(member: Member) -> int:
    """The person (primary key) that a member belongs to now: somebody may have been merged since."""
    head = Identity.objects.filter(own_member=member).values_list("member", flat=True).first()
    return member.pk if head is None else head


def person_of(member: Member) -> Person:
    """Everything that is known as the person this member belongs to now, without what names them (see the holders' `terms`)."""
    head = head_of(member)
    rows = list(Identity.objects.filter(member=head).values_list("id", "own_member"))
    return Person(frozenset(id for id, _ in rows), frozenset(own for _, own in rows) | {member.pk, head})


def own_members(members: Collection[int]) -> dict[int, int]:
    """The members made with the identities of these people, each with the person (primary keys) it belongs to now."""
    return dict(Identity.objects.filter(member__in=members).values_list("own_member", "member"))


def communities_of(person: Person) -> set[int]:
    """The communities the person was ever seen in."""
    return set(Membership.objects.filter(identity__in=person.identities).values_list("community", flat=True))


def names_of(person: Person) -> set[str]:
    """As what the person is called: others may be called so too."""
    found = set(Identity.objects.filter(id__in=person.identities).values_list("name", flat=True))
    found |= set(
        Identity.objects.filter(id__in=person.identities).exclude(community=None).values_list("key", flat=True)
    )
    found |= set(Member.objects.filter(id__in=person.own).values_list("name", flat=True))
    return found | {text for field, text in _written(person) if field == "real_name" and text}


def _stable(person: Person) -> QuerySet[Identity]:
    return Identity.objects.filter(id__in=person.identities, community=None).exclude(platform__startswith=CONTACT)


def _terms(person: Person) -> set[str]:
    told = {text for field, text in _written(person) if field in NAMING_FIELDS}
    keys = {each.readable_key for each in _stable(person)}
    unions = {value for kind, value in _marks(person) if kind == "union"}
    return {each for each in names_of(person) | told | keys | unions if each and each != ERASED}


def _written(person: Person) -> list[tuple[str, str | None]]:
    """(field, value) of what was ever written of them; None for what was sealed under another key."""
    rows = ProfileEntry.objects.filter(member__in=person.own).values_list("field", "value", "sealed")
    return [(field, readable(value, PURPOSE) if sealed else value) for field, value, sealed in rows if value]


def _stops(person: Person) -> set[str]:
    known = Identity.objects.filter(id__in=person.identities).exclude(key__startswith=_KEPT_KEY)
    rows = known.select_related("community")
    keys = [(each.platform, home, each.readable_key) for each in rows for home in _homes(each)]
    found = {stop_of(platform, home, key) for platform, home, key in keys if key is not None}
    chats = [
        (row.platform, row.readable_key)
        for row, told in called_after(person, ids_of(person))
        if told.keys() - {"theme"}
    ]
    found |= {stop_of_chat(platform, key) for platform, key in chats if key is not None}
    return found | {stop_of_mark(kind, value) for kind, value in _marks(person) if value is not None}


def _homes(each: Identity) -> set[str]:
    """Where a mere name is at home: the key of the community, and as the database has it once that is sealed; "" for a stable id."""
    if each.community is None:
        return {""}
    clear = each.community.readable_key
    return {each.community.key, *((clear, keyed_id(clear)) if clear is not None else ())}


def ids_of(person: Person) -> set[tuple[str, str]]:
    """Platform and id of their stable ids, as far as they can be read."""
    return {(each.platform, key) for each in _stable(person) if (key := each.readable_key)}


def _marks(person: Person) -> list[tuple[str, str | None]]:
    """(kind, value) of their marks: a phone number's hash, a union id in the clear; None for one sealed under another key."""
    rows = Mark.objects.filter(identity__in=person.identities).order_by("id").values_list("kind", "value", "sealed")
    return [(kind, readable_id(value, sealed)) for kind, value, sealed in rows]


def _erase_identities(person: Person) -> Mapping[str, int]:
    """Nobody is counted less: what is left is a member without a name, whom no list and no search shows."""
    ids = [each.readable_key for each in _stable(person)]
    called = forget_chats(person, ids_of(person))
    told = ids + [value for _, value in _marks(person)]
    Mark.objects.filter(identity__in=person.identities).delete()
    _about(MergeDecision, person).delete()
    _about(Suggestion, person).delete()
    for own in Member.objects.filter(id__in=person.own, erased=False):
        key = new_public_id()
        Member.objects.filter(pk=own.pk).update(name=ERASED, public_id=key, erased=True)
        Identity.objects.filter(own_member=own).update(key=f"{_KEPT_KEY}{key}", sealed="", name=ERASED)
    return {"elsewhere": called + scrub(MergeDecision, ("why",), person), "unreadable": told.count(None)}


def _about(model: type[Model], person: Person) -> QuerySet[Any]:
    mine = Q(one__in=person.identities) | Q(other__in=person.identities)
    return model._default_manager.filter(mine)


def _export_identities(person: Person) -> object:
    mine = Identity.objects.filter(id__in=person.identities).order_by("id").select_related("community")
    memberships = Membership.objects.filter(identity__in=person.identities).order_by("id")
    return {
        "identities": [_told_identity(each) for each in mine],
        "marks": [{"kind": kind, "value": value, **_or_why(value)} for kind, value in _marks(person)],
        "direct_chats": plain(chats_with(ids_of(person))),
        "communities": plain(
            memberships.values("community__name", "first_at", "last_at", "joined_at", "left_at", "messages")
        ),
    }


def _told_identity(each: Identity) -> dict[str, str | None]:
    home = each.community.name if each.community else None
    key = each.readable_key
    return {"platform": each.platform, "community__name": home, "key": key, "name": each.name, **_or_why(key)}


def _people() -> Overview:
    known = Member.objects.filter(erased=False, identities__isnull=False).distinct()
    oldest = Membership.objects.order_by("first_at").values_list("first_at", flat=True).first()
    return Overview(known.count(), Identity.objects.filter(member__erased=False).count(), oldest)


def _export_profile(person: Person) -> object:
    rows = ProfileEntry.objects.filter(member__in=person.own).order_by("id")
    told = rows.values("field", "value", "sealed", "at", "by_name", "withdrawn_at")
    return [_told_entry(each, each.pop("sealed")) for each in plain(told)]


def _told_entry(each: dict[str, Any], sealed: bool) -> dict[str, Any]:
    value = readable(each["value"], PURPOSE) if sealed else each["value"]
    return {**each, "value": value, **_or_why(value)}


def _or_why(value: str | None) -> dict[str, str]:
    """Beside a value that is missing, why."""
    return {} if value is not None else {"unreadable": f"{NOT_READABLE.zh} · {NOT_READABLE.en}"}


def _erase_profile(person: Person) -> Mapping[str, int]:
    """Theirs goes; in what was written of others in words the name does, sealed or not."""
    unreadable = [text for _, text in _written(person)].count(None)
    ProfileEntry.objects.filter(member__in=person.own).delete()
    free = {each.key for each in BASIC if each.kind in _FREE}
    free |= set(Field.objects.filter(kind__in=_FREE).values_list("key", flat=True))
    changed = scrub(ProfileEntry, ("value",), person, sealed=False, field__in=free)
    changed += scrub(ProfileImport, ("title",), person)
    for key, value in ProfileEntry.objects.filter(sealed=True, field__in=free).values_list("pk", "value").iterator():
        told = readable(value, PURPOSE) if value else ""
        if told is None:
            unreadable += 1
        elif person.without(told) != told:
            changed += ProfileEntry.objects.filter(pk=key).update(value=seal(person.without(told), PURPOSE))
    return {"elsewhere": changed, "unreadable": unreadable}


def _of(model: type[Model], path: str = "member") -> Any:
    """Counting, reading (the fields given) and deleting rows that belong to one person."""
    return lambda person: model._default_manager.filter(**{f"{path}__in": person.own})


def _rows(model: type[Model], fields: Iterable[str]) -> Any:
    return lambda person: plain(_of(model)(person).order_by("id").values(*fields))


def _gone(*models: type[Model]) -> Any:
    def erase(person: Person) -> Mapping[str, int]:
        for model in models:
            _of(model)(person).delete()
        return {}

    return erase


def overview_of(model: type[Model], stamp: str) -> Callable[[], Overview]:
    """What to ask for the overview of a table whose `member` is of the members made with identities; `stamp` says when a row began."""

    def look() -> Overview:
        rows = model._default_manager.filter(member__erased=False)
        oldest = rows.order_by(stamp).values_list(stamp, flat=True).first()
        return Overview(rows.values("member__own_identity__member").distinct().count(), rows.count(), oldest)

    return look


def _links(person: Person) -> QuerySet[Link]:
    return Link.objects.filter(Q(decider__in=person.own) | Q(user__in=person.own))


def _erase_links(person: Person) -> Mapping[str, int]:
    _links(person).delete()
    StaffLink.objects.filter(member__in=person.own).delete()
    return {"elsewhere": scrub(Link, ("note",), person)}


def _erase_contacts(person: Person) -> Mapping[str, int]:
    _gone(Contact, Quiet)(person)
    return {"elsewhere": scrub(Contact, ("summary", "result", "why"), person) + scrub(Quiet, ("note",), person)}


def _erase_tags(person: Person) -> Mapping[str, int]:
    _gone(Tagging)(person)
    changed = scrub(Tagging, ("reason",), person) + scrub(TagAct, ("title", "reason"), person)
    changed += scrub_names(TagGroup, person, "unit", folded) + scrub_names(Tag, person, "group", folded)
    return {"elsewhere": changed + scrub(TagGroup, ("help",), person) + scrub(Tag, ("help",), person)}


_CONTACT = ("at", "channel", "direction", "summary", "result", "selling", "standing", "why", "by_name", "written_at")
HOLDERS = (
    Holder(
        key="tags",
        title=Words("标签", "Tags"),
        what=Words("贴在成员身上的标签、来源与原因", "tags on a person, where from and why"),
        why=Words("找到合适的人", "finding the right people"),
        models=("members.Tagging",),
        count=lambda person: _of(Tagging)(person).count(),
        export=_rows(Tagging, ("tag__name", "tag__group__name", "source", "reason", "at", "by_name", "withdrawn_at")),
        erase=_erase_tags,
        overview=overview_of(Tagging, "at"),
        stays=Words("由人贴上、撤下，可设有效期", "people put them on and take them off, and may say until when"),
    ),
    Holder(
        key="profile",
        title=Words("资料", "Profile"),
        what=Words("运营人员填写或导入的资料及其历史；敏感项加密", "what people wrote down, with its history; sensitive fields encrypted"),
        why=Words("认识每一位成员", "knowing whom one speaks with"),
        models=("members.ProfileEntry",),
        count=lambda person: _of(ProfileEntry)(person).count(),
        export=_export_profile,
        erase=_erase_profile,
        overview=overview_of(ProfileEntry, "at"),
        stays=Words("现值由人填写与修改；旧值可设期限", "what holds now people change; former values can have a period"),
    ),
    Holder(
        key="contacts",
        title=Words("联系记录", "Contacts"),
        what=Words("一对一联系，以及请勿联系的要求", "one-to-one contacts, and who is not to be contacted"),
        why=Words("不重复打扰、说过的话有人记得", "nobody is asked twice, and what was said is remembered"),
        models=("members.Contact", "members.Quiet"),
        count=lambda person: _of(Contact)(person).count() + _of(Quiet)(person).count(),
        export=lambda person: {
            "contacts": _rows(Contact, _CONTACT)(person),
            "quiet": _rows(Quiet, ("reason", "note", "until", "at", "by_name", "ended_at"))(person),
        },
        erase=_erase_contacts,
        overview=overview_of(Contact, "at"),
        stays=Words("生效中的请勿联系一直有效；其余可设期限", "a wish not to be contacted holds until it is over; the rest can have a period"),
    ),
    Holder(
        key="links",
        title=Words("人与人的关联", "Links"),
        what=Words("谁替谁决定、是哪个账号本人", "who decides for whom, and which account somebody is"),
        why=Words("分别沟通，算作一个决策", "speaking to both, counting one decision"),
        models=("members.Link", "members.StaffLink"),
        count=lambda person: _links(person).count() + StaffLink.objects.filter(member__in=person.own).count(),
        # Who the other is, is the other's.
        export=lambda person: plain(_links(person).order_by("id").values("kind", "since", "at")),
        erase=_erase_links,
        stays=Words("由人建立与解除", "people make and end them"),
    ),
    Holder(
        key="labels",
        title=Words("分层与类型", "Labels"),
        what=Words("由数据算出的分层、阶段与类型及其历史", "tier, stage and type computed from the data, with their history"),
        why=Words("因人施策；删除后只剩不指向任何人的数字", "treating people as they need; after erasure figures of nobody"),
        models=("members.Label", "members.PastLabel"),
        count=lambda person: _of(Label)(person).count() + _of(PastLabel)(person).count(),
        export=lambda person: {
            "now": _rows(Label, ("key", "value", "figures", "since"))(person),
            "before": _rows(PastLabel, ("key", "value", "figures", "since", "until"))(person),
        },
        stays=Words("每晚重算；以前的值说明一个人怎样变化", "they are computed anew every night; former ones tell how somebody changed"),
    ),
    Holder(
        key="identities",
        title=Words("身份与社群", "Who they are, and where"),
        what=Words(
            "各平台的名称与编号、所在社群、是否同一人的判断", "names and ids on platforms, communities, decisions about who is one person"
        ),
        why=Words("一人一页；删除后只剩一个没有名字的成员，人数不变", "one page a person; after erasure a member without a name, so that counts stay"),
        models=(
            "members.Member", "members.Identity", "members.Mark", "members.Membership", "members.MergeDecision", "members.Suggestion",
        ),
        count=lambda person: Identity.objects.filter(id__in=person.identities, member__erased=False).count(),
        export=_export_identities,
        erase=_erase_identities,
        terms=_terms,
        stops=_stops,
        overview=_people,
        stays=Words("没有它们，就不知道其他一切是谁的", "without them nobody could tell whose the rest is"),
    ),
)  # fmt: skip

KINDS = (
    Kind(
        key="contacts",
        title=Words("联系记录", "Contacts"),
        help=Words("到期的一对一联系记录删除", "one-to-one contacts older than that are deleted"),
        count=lambda before: Contact.objects.filter(at__lt=before).count(),
        remove=lambda before: _deleted(Contact.objects.filter(at__lt=before)),
        least_days=30,
        models=("members.Contact",),
    ),
    Kind(
        key="quiet",
        title=Words("已结束的请勿联系", "Do not contact, once over"),
        help=Words(
            "已结束或到期的请勿联系记录删除，生效中的不变", "what ended before that is deleted; what holds stays"
        ),
        count=lambda before: _over(before).count(),
        remove=lambda before: _deleted(_over(before)),
        least_days=30,
    ),
    Kind(
        key="profile_history",
        title=Words("资料的旧值", "Former values of profiles"),
        help=Words(
            "被新值替换或撤回的旧值到期删除，现值不变",
            "values replaced or taken back before that are deleted; what holds now stays",
        ),
        count=lambda before: _former(before).count(),
        remove=lambda before: _deleted(_former(before)),
        least_days=30,
    ),
)


def _over(before: datetime) -> QuerySet[Quiet]:
    return Quiet.objects.filter(Q(ended_at__lt=before) | Q(until__lt=before.date()))


def _former(before: datetime) -> QuerySet[ProfileEntry]:
    """Entries of before that do not count: a later one of the same member and field does, or they were taken back."""
    later = ProfileEntry.objects.filter(
        member=OuterRef("member"),
        field=OuterRef("field"),
        withdrawn_at=None,
        at__gte=OuterRef("at"),
        pk__gt=OuterRef("pk"),
    )
    return ProfileEntry.objects.filter(Q(withdrawn_at__isnull=False) | Exists(later), at__lt=before)


def _deleted(rows: QuerySet[Any]) -> int:
    return int(rows.delete()[0])
