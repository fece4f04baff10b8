"""Life: everything that happened with one person, from every source, on one line of time, as console and API tell it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings

from qunyu.commerce.queries import orders_before, orders_of
from qunyu.events.lake.products import Product, products_of
from qunyu.events.lake.timeline import Moment, Seen, cursor, moment_of, timeline
from qunyu.flows.place import lake
from qunyu.insights.label import labels
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.accounts import HIDDEN, MOVES, entries_of, shows_amount
from qunyu.loyalty.levels import changes_of, reason_of
from qunyu.members.contacts import CHANNELS, contacts_of, wrote
from qunyu.members.fields import Definition
from qunyu.members.labels import Told, history_of, labels_of
from qunyu.members.links import KINDS as LINKS
from qunyu.members.links import links_of
from qunyu.members.merging import decisions_of
from qunyu.members.profile import Change, fields_of, history
from qunyu.members.queries import identities_in, identities_of
from qunyu.members.quiet import REASONS, quiet_of
from qunyu.members.tag_queries import Carried, Turn, carried, groups_in, tagging_history, tags_among
from qunyu.offers.queries import had
from qunyu.privacy.consents import SOURCES as CONSENT_SOURCES
from qunyu.privacy.consents import STATES, consents_of, purposes
from qunyu.reports.names import CONTENTS, ORDER_STATES, named, platform
from qunyu.reports.show import money
from qunyu.satisfaction.opinions import KINDS as OPINION_KINDS
from qunyu.satisfaction.opinions import opinions_of

if TYPE_CHECKING:
    from qunyu.commerce.models import Order
    from qunyu.members.links import Linked
    from qunyu.members.models import Contact, Identity, Member, Membership, MergeDecision, TagGroup
    from qunyu.privacy.models import Consent
    from qunyu.satisfaction.models import Opinion

MOMENTS = 40

KINDS: dict[str, tuple[Words, str]] = {
    "message": (Words("说", "said"), "message"),
    "action": (Words("动作", "did"), "message"),
    "joined": (Words("入群", "joined"), "login"),
    "left": (Words("退群", "left"), "logout"),
    "listed": (Words("列入成员名单", "was on the member list"), "list"),
    "unlisted": (Words("名单显示已退群", "had left by the member list"), "logout"),
    "renamed": (Words("改名", "changed their name"), "pencil"),
    "recalled": (Words("撤回了一条消息", "took a message back"), "arrow-back-up"),
    "notice": (Words("群提示", "notice"), "info-circle"),
    "order": (Words("下单", "ordered"), "shopping-cart"),
}
COMINGS = ("joined", "left", "listed", "unlisted", "renamed")
# What the timeline can be narrowed to.
SOURCES: dict[str, Words] = {
    "talk": Words("发言", "Talk"),
    "comings": Words("进群退群", "Joining and leaving"),
    "orders": Words("订单", "Orders"),
    "contacts": Words("联系", "Contacts"),
    "labels": Words("标签变化", "Labels"),
    "profile": Words("资料修改", "Profile"),
    "merges": Words("合并与拆分", "Merging"),
    "points": Words("积分与等级", "Points and levels"),
    "tags": Words("打标签", "Tags"),
    "opinions": Words("评价与投诉", "Opinions"),
    "offers": Words("优惠方案", "Offers"),
    "consents": Words("同意记录", "Consents"),
    "links": Words("人与人的关联", "Links"),
    "quiet": Words("请勿联系", "Not to be contacted"),
}
LEVEL = Words("等级", "Level")
POINTS = Words("满意度 {n}/100", "satisfaction {n}/100")
TAGGED, UNTAGGED = Words("打标签", "Tagged"), Words("去掉标签", "Tag taken off")
MERGED, PARTED = Words("合并为同一人", "Merged"), Words("认定为不是同一人", "Told apart")
CHANGED = Words("修改资料", "Changed the profile")
# How a contact stands to the cap, where that is worth a word.
BEYOND = {
    "over": Words("超出联系上限", "beyond the contact cap"),
    "passed": Words("破例联系", "the cap was passed"),
    "answer": Words("回复", "an answer"),
}
OFFERED, HELD_OUT = Words("给了优惠方案", "Given an offer"), Words("抽签留出，不给方案", "Left out of an offer by lot")
TAKEN_BACK = Words("（已撤回）", " (taken back)")
DECIDES, USES = Words("{name}替其做决定", "{name} decides"), Words("替{name}做决定", "decides for {name}")
UNTIL, FOR_GOOD = Words("到 {day}", "until {day}"), Words("长期", "for good")
QUIET_OVER = Words("可以再联系", "May be contacted again")
AGO, NOTHING = Words("{before} → {after}", "{before} → {after}"), Words("空", "empty")
SOMEBODY = Words("别处的身份", "an identity elsewhere")


@dataclass(frozen=True)
class Event:
    """What the timeline shows of one moment; `cursor` says where it stands, `source` (of SOURCES) whence it is, `link` the contact that can be changed."""

    at: datetime
    cursor: str
    title: Words | str
    icon: str
    community: str
    text: str
    link: str = ""
    source: str = ""


@dataclass(frozen=True)
class Life:
    """Whose timeline, and what of it is wanted: older than the cursor `before` ("" = from the latest on), of one `source` ("" = all)."""

    scope: Scope
    member: Member
    memberships: list[Membership]
    before: str = ""
    source: str = ""

    @cached_property
    def fields(self) -> list[Definition]:
        """The fields of this person."""
        return fields_of(self.scope, self.member)

    @cached_property
    def changes(self) -> list[Change]:
        """The history of the fields."""
        return history(self.scope, self.member, self.fields)

    @cached_property
    def identities(self) -> list[Identity]:
        """As what platforms know the person."""
        return list(identities_of(self.scope, self.member))

    @cached_property
    def labels(self) -> list[Told]:
        """What the labels say now."""
        return labels_of(self.scope, self.member)

    @cached_property
    def past_labels(self) -> list[Told]:
        """What the labels said before."""
        return history_of(self.scope, self.member)

    @cached_property
    def tag_groups(self) -> list[TagGroup]:
        """The groups of tags that may be seen, put away or not."""
        return groups_in(self.scope, archived=True)

    @cached_property
    def tags(self) -> list[Carried]:
        """The tags there are now."""
        return carried(self.scope, [self.member.pk], tags_among(self.tag_groups)).get(self.member.pk, [])

    @cached_property
    def turns(self) -> list[Turn]:
        """Every tag there ever was."""
        return tagging_history(self.scope, self.member, self.tag_groups)

    @cached_property
    def decisions(self) -> list[MergeDecision]:
        """What was decided about who this is."""
        return decisions_of(self.member)

    @cached_property
    def opinions(self) -> list[Opinion]:
        """What the person said of us, taken back or not."""
        return opinions_of(self.member)

    @cached_property
    def purposes(self) -> dict[str, Words]:
        """What people can agree to, by key."""
        return purposes(self.scope)

    @cached_property
    def consents(self) -> list[Consent]:
        """What the person said to uses of their data, the latest first."""
        return list(consents_of(self.member))

    @cached_property
    def links(self) -> list[Linked]:
        """Who decides for the person, and for whom they decide."""
        return links_of(self.scope, self.member)

    def events(self) -> tuple[list[Event], str]:
        """The latest of them, and the cursor of the rest ("" when that is all).

        Raises DomainError bad_cursor.
        """
        wanted = [self.source] if self.source in SOURCES else list(SOURCES)
        found = [replace(event, source=name) for name in wanted for event in _SOURCES[name](self)]
        if not self.source:
            found += (replace(each, source=_whence(each)) for each in _facts(self, ()))
        older = (each for each in found if not self.before or each.cursor < self.before)
        found = sorted(older, key=lambda each: each.cursor, reverse=True)
        return found[:MOMENTS], found[MOMENTS - 1].cursor if len(found) > MOMENTS else ""


def _whence(fact: Event) -> str:
    return "comings" if fact.title in [KINDS[each][0] for each in COMINGS] else "talk"


def _facts(life: Life, kinds: tuple[str, ...]) -> Iterator[Event]:
    names = {each.community_id: each.community.name for each in life.memberships}
    seen = Seen([each.identity_id for each in life.memberships], names.keys(), kinds)
    return (_did(each, names) for each in timeline(lake(), seen, life.before, MOMENTS + 1))


def _did(moment: Moment, names: dict[int, str]) -> Event:
    title, icon = KINDS.get(moment.kind, (Words(moment.kind, moment.kind), "point"))
    # Exports write a word of their own for what is no text; where they write none, ours.
    wordless = moment.kind == "message" and moment.subject in CONTENTS
    text = moment.text or (f"[{CONTENTS[moment.subject]}]" if wordless else "")
    return Event(moment.at, moment.cursor, title, icon, names[moment.community], text)


def _orders(life: Life) -> Iterator[Event]:
    found = orders_before(orders_of(life.scope, life.member.pk), moment_of(life.before) if life.before else None)
    shown = list(found[: MOMENTS + 1])
    held = products_of(lake(), {(each.unit_id, each.reference): each.ordered_at for each in shown})
    return (_bought(each, held.get((each.unit_id, each.reference), ())) for each in shown)


def _bought(order: Order, products: Collection[Product]) -> Event:
    title, icon = KINDS["order"]
    text = f"{money(order.amount, order.currency)} · {named(ORDER_STATES, order.status)}"
    text += "".join(f"\n{each.name} × {each.quantity:g}" for each in products)
    return Event(order.ordered_at, cursor(order.ordered_at, order.fact_id), title, icon, "", text)


def _cursor(at: datetime, source: str, key: int) -> str:
    """Its first digit tells the source: rows of two tables may have one key."""
    return cursor(at, f"{list(SOURCES).index(source):x}{key:015x}")


def _contacts(life: Life) -> Iterator[Event]:
    rows = contacts_of(life.member)
    mine = wrote(life.scope, rows)
    return (_contact(each, each.pk in mine) for each in rows)


def _contact(row: Contact, mine: bool) -> Event:
    arrow = "phone-outgoing" if row.direction == "out" else "phone-incoming"
    text = f"{row.summary}\n→ {row.result}" if row.result else row.summary
    title = f"{named(CHANNELS, row.channel)} · {row.staff.name if row.staff else row.by_name}"
    if row.standing in BEYOND:
        title += f" · {BEYOND[row.standing]}"
    link = row.public_id if mine else ""
    return Event(row.at, _cursor(row.at, "contacts", row.pk), title, arrow, "", text, link)


def _labels(life: Life) -> Iterator[Event]:
    every = labels()
    told = [*life.labels, *life.past_labels]
    ours = [each for each in told if not every[each.key].reference]
    for number, each in enumerate(ours):
        yield _label(each, number)


def _label(told: Told, number: int) -> Event:
    label, at = labels()[told.key], midnight(told.since)
    text = str(told.reason or "")
    title = f"{label.title}: {label.value(told.value).title}"
    return Event(at, _cursor(at, "labels", number), title, "tag", "", text)


def midnight(day: date) -> datetime:
    """The beginning of a day of the deployment's calendar."""
    return datetime.combine(day, time(), settings.QUNYU_ZONE)


def _profile(life: Life) -> Iterator[Event]:
    for change in life.changes:
        before, after = str(change.before) or str(NOTHING), str(change.told.text) or str(NOTHING)
        text = f"{change.field.title}: {AGO.fill(before=before, after=after)}"
        if change.withdrawn:
            text += str(TAKEN_BACK)
        told = change.told
        title = f"{CHANGED} · {told.by_name}"
        yield Event(told.at, _cursor(told.at, "profile", told.entry), title, "id", "", text)


def _merges(life: Life) -> Iterator[Event]:
    rows = life.decisions
    ids = {id for row in rows for id in (row.one_id, row.other_id)}
    seen = {each.pk: f"{platform(each.platform)} {each.name}" for each in identities_in(life.scope).filter(id__in=ids)}
    for row in rows:
        names = " ↔ ".join(seen.get(id, str(SOMEBODY)) for id in (row.one_id, row.other_id))
        text = names + (f"\n{row.why}" if row.why else "") + (str(TAKEN_BACK) if row.ended_at else "")
        title = f"{MERGED if row.verdict == 'same' else PARTED} · {row.by_name}"
        icon = "arrows-join" if row.verdict == "same" else "arrows-split"
        yield Event(row.at, _cursor(row.at, "merges", row.pk), title, icon, "", text)


def _points(life: Life) -> Iterator[Event]:
    before = moment_of(life.before)[0] if life.before else None
    for row in entries_of(life.scope, life.member, MOMENTS + 1, before):
        movement = row.movement
        amount = f"{row.amount:+,} {movement.programme.currency}" if shows_amount(life.scope, movement) else str(HIDDEN)
        text = amount + (f" · {movement.reason}" if movement.reason else "")
        yield Event(movement.at, _cursor(movement.at, "points", row.pk * 2), MOVES[movement.kind], "coins", "", text)
    for step in changes_of(life.scope, life.member):
        names = " → ".join(each.name if each else "–" for each in (step.before, step.after))
        text = " · ".join(str(each) for each in reason_of(life.scope, step))
        yield Event(step.at, _cursor(step.at, "points", step.pk * 2 + 1), f"{LEVEL}: {names}", "stairs-up", "", text)


def _tags(life: Life) -> Iterator[Event]:
    """One for each putting, and one for its end unless it was undone; the two have cursors of their own."""
    for turn in life.turns:
        row, name = turn.row, f"{turn.row.tag.group.name}/{turn.row.tag.name}"
        text = name + (f"\n{row.reason}" if row.reason else "") + (str(TAKEN_BACK) if turn.undone else "")
        yield Event(row.at, _cursor(row.at, "tags", row.pk * 2), f"{TAGGED} · {row.by_name}", "tag", "", text)
        if row.withdrawn_at is not None and not turn.undone:
            at, title = row.withdrawn_at, f"{UNTAGGED} · {row.withdrawn_by_name}"
            yield Event(at, _cursor(at, "tags", row.pk * 2 + 1), title, "tag-off", "", name)


def _opinions(life: Life) -> Iterator[Event]:
    for row in life.opinions:
        words = " · ".join(filter(None, (row.text, row.about)))
        text = words + (str(TAKEN_BACK) if row.withdrawn_at else "")
        title = f"{OPINION_KINDS[row.kind]} · {POINTS.fill(n=row.score)}"
        yield Event(row.at, _cursor(row.at, "opinions", row.pk), title, "mood-smile", "", text)


def _offers(life: Life) -> Iterator[Event]:
    for row in had(life.scope, life.member):
        giving = row.giving
        title = f"{HELD_OUT if row.held else OFFERED} · {giving.by_name}"
        yield Event(giving.at, _cursor(giving.at, "offers", row.pk), title, "gift", "", giving.offer.name)


def _consents(life: Life) -> Iterator[Event]:
    for row in life.consents:
        words = (CONSENT_SOURCES[row.source], row.wording, row.evidence)
        text = " · ".join(str(each) for each in (named(life.purposes, row.purpose), *words) if each)
        title = f"{STATES[row.state]} · {row.by_name}"
        yield Event(row.at, _cursor(row.at, "consents", row.pk), title, "checkbox", "", text)


def _links(life: Life) -> Iterator[Event]:
    for each in life.links:
        row, what = each.link, DECIDES if each.decides else USES
        text = " · ".join(filter(None, (str(what.fill(name=each.other.name)), row.note)))
        title = f"{named(LINKS, row.kind)} · {row.by_name}"
        yield Event(row.at, _cursor(row.at, "links", row.pk), title, "link", "", text)


def _quiet(life: Life) -> Iterator[Event]:
    """One for each time, and one for its end; the two have cursors of their own."""
    for row in quiet_of(life.member):
        until = UNTIL.fill(day=row.until) if row.until else FOR_GOOD
        text = " · ".join(str(each) for each in (REASONS[row.reason], until, row.note) if each)
        at, key = row.at, row.pk * 2
        yield Event(at, _cursor(at, "quiet", key), f"{SOURCES['quiet']} · {row.by_name}", "bell-off", "", text)
        if row.ended_at is not None:
            at, title = row.ended_at, f"{QUIET_OVER} · {row.ended_by_name}"
            yield Event(at, _cursor(at, "quiet", key + 1), title, "bell", "", "")


_SOURCES: dict[str, Callable[[Life], Iterator[Event]]] = {
    "talk": lambda life: _facts(life, ("message", "action", "recalled", "notice")) if life.source else iter(()),
    "comings": lambda life: _facts(life, COMINGS) if life.source else iter(()),
    "orders": _orders,
    "contacts": _contacts,
    "labels": _labels,
    "profile": _profile,
    "merges": _merges,
    "points": _points,
    "tags": _tags,
    "opinions": _opinions,
    "offers": _offers,
    "consents": _consents,
    "links": _links,
    "quiet": _quiet,
}
