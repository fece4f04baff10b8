"""What the doors of the access matrix lead to: one of everything, all of it in one unit, as public ids by name."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from qunyu.care.asks import Wish, ask_favour
from qunyu.care.models import Occasion
from qunyu.communities.duties import give_duty
from qunyu.communities.models import Community
from qunyu.events.models import Import
from qunyu.insights.models import Alert
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.loyalty.benefits import Offer, save_benefit
from qunyu.loyalty.ledger import Gift, move
from qunyu.loyalty.levels import Given, Rung, give_level, save_level
from qunyu.loyalty.programmes import save_programme
from qunyu.loyalty.rewards import Prize, redeem, save_reward
from qunyu.loyalty.standing import renew
from qunyu.loyalty.vip import Paid, mark, note_fee
from qunyu.loyalty.vip import Terms as VipTerms
from qunyu.members.contact_caps import change_caps
from qunyu.members.contacts import note_contact
from qunyu.members.fields import add_field
from qunyu.members.links import add_link
from qunyu.members.merging import decide
from qunyu.members.models import Identity, Member, Suggestion
from qunyu.members.models.profile import ProfileEntry
from qunyu.members.profile import change
from qunyu.members.tagging import put
from qunyu.members.tags import add_group, add_tag
from qunyu.offers.actions import Terms, save_offer
from qunyu.offers.models import Giving
from qunyu.people.actions import add_role, add_staff, add_unit, grant, invite, issue_token
from qunyu.people.models import Grant, SecondFactor, Staff, Unit
from qunyu.people.queries import root_unit
from qunyu.people.sessions import begin_session
from qunyu.privacy.purposes import add_purpose
from qunyu.privacy.requests import Asked, open_request
from qunyu.prospects.models import Prospect, ProspectRun, Worth, WorthRun
from qunyu.reports.models import Report, Schedule
from qunyu.satisfaction.opinions import Said, note, note_all
from qunyu.satisfaction.surveys import Wording, ask, link_of, make_survey, open_survey
from qunyu.segments.actions import add_segment, take_snapshot
from qunyu.segments.conditions import Speaker
from qunyu.segments.rules_of_tags import add_rule
from tests.deployment_fixtures import NOW

World = dict[str, str]


def told_of(system: Scope, unit: Unit, tea: Community) -> World:
    """The unit, its community, a report and an alert of it, and the import it came with."""
    monday = date(2026, 3, 2)
    report = Report.objects.create(
        unit=unit, title="Tea lovers", grain="week", first=monday, language="zh", with_orders=False, made_by="Zhen",
        made_at=NOW,
    )  # fmt: skip
    alert = Alert.objects.create(
        community_id=tea.pk, metric="messages", up=True, first=monday, last=monday, worst=monday, observed=9, expected=1,
        low=0, high=2, far=3, found_at=NOW,
    )  # fmt: skip
    return {
        "unit": unit.public_id,
        "team": add_unit(by=system, parent=unit, name="一组", now=NOW).public_id,
        "tea": tea.public_id,
        "report": report.public_id,
        "alert": alert.public_id,
        "import": Import.objects.filter(title__startswith="WhatsApp")[0].public_id,
    }


def worked_by(system: Scope, unit: Unit, tea: Community, zhen: Staff) -> World:
    """An analyst's account with all that belongs to one, a colleague, and a role of one's own called keeper."""
    SecondFactor.objects.create(staff=zhen, secret="sealed", begun_at=NOW, confirmed_at=NOW)
    peer = add_staff(by=system, username="peer", name="同事", password=None, now=NOW)
    grant(by=system, staff=peer, role="admin", unit=unit, now=NOW)
    add_role(by=system, name_zh="店长", permissions=[*PERMISSIONS][:1], code="keeper", now=NOW)
    token, _ = issue_token(by=system, staff=zhen, name="robot", expires_at=None, now=NOW)
    schedule = Schedule.objects.create(staff=zhen, unit=unit, grain="week", language="zh", hour=9, created_at=NOW)
    return {
        "zhen": zhen.public_id,
        "peer": peer.public_id,
        "grant": str(Grant.objects.get(staff=zhen).pk),
        "invitation": invite(by=system, staff=zhen, now=NOW),
        "token": token.public_id,
        "duty": give_duty(by=system, community=tea, staff=zhen, kind="admin", now=NOW).public_id,
        "session": begin_session(staff=zhen, via="password", strong=False, now=timezone.now()).public_id,
        "schedule": schedule.public_id,
    }


def people_of(system: Scope, unit: Unit) -> World:
    """Two people of the chat, what was written about them and decided of them, and a field of the unit."""
    mei, tom, lin = (
        Member.objects.get(name=each, identities__platform="whatsapp") for each in ("Meilin", "Tom", "Lin")
    )
    one, other = (Identity.objects.get(own_member=each).pk for each in (mei, tom))
    change(by=system, member=mei, changes={"region": "杭州"}, now=NOW, today=date(2026, 3, 20))
    told = {"at": NOW, "channel": "direct", "direction": "out", "summary": "问候"}
    group = add_group(by=system, unit=unit, name="擅长", now=NOW)
    tag, spare = (add_tag(by=system, group=group, name=each, now=NOW) for each in ("泡茶", "跑步"))
    empty = add_group(by=system, unit=unit, name="空", now=NOW)
    condition = Speaker(system).from_text("name contains “e”")
    segment = add_segment(by=system, unit=unit, name="带 e 的人", condition=condition, now=NOW)
    customers = add_group(by=system, unit=unit, name="客户", now=NOW)
    vip, follower = (add_tag(by=system, group=customers, name=each, now=NOW) for each in ("VIP", "跟随"))
    two = sorted(Identity.objects.get(own_member=each).pk for each in (tom, lin))
    pair = Suggestion.objects.create(one_id=two[0], other_id=two[1], kind="name", score=50, at=NOW)
    return {
        "pair": str(pair.pk),
        "tag": tag.public_id,
        "spare": spare.public_id,
        "tag_group": group.public_id,
        "empty_group": empty.public_id,
        "tag_act": put(by=system, tag=tag, members=[mei.pk], now=NOW).public_id,
        "mei": mei.public_id,
        "segment_tag": vip.public_id,
        "segment": segment.public_id,
        "snapshot": take_snapshot(by=system, segment=segment, now=NOW).public_id,
        "tag_rule": add_rule(by=system, segment=segment, tag=follower.public_id, now=NOW).public_id,
        "lin": lin.public_id,
        "entry": str(ProfileEntry.objects.get().pk),
        **_said(system, unit, mei),
        **_cared(system, mei, tom),
        "contact": note_contact(by=system, member=mei, now=NOW, **told).public_id,
        "link": add_link(by=system, pair=(tom, mei), kind="parent", now=NOW).public_id,
        "purpose": add_purpose(by=system, unit=unit, key="video", name_zh="视频", now=NOW).public_id,
        "asked": open_request(by=system, member=mei, kind="export", asked=Asked(), now=NOW).public_id,
        "act": decide(by=system, pairs=[(one, other)], verdict="different", now=NOW)[0].act,
        "field": add_field(by=system, unit=unit, key="size", kind="number", name_zh="尺码", now=NOW).public_id,
    }


def _said(system: Scope, unit: Unit, mei: Member) -> World:
    """A complaint of Mei's, and an open survey that she was asked."""
    opinion = note(by=system, member=mei, said=Said("complaint", NOW, text="茶凉了"), now=NOW)
    wording = Wording("满意吗", [{"kind": "stars", "title": "满意吗？"}])
    survey = make_survey(by=system, unit=unit, wording=wording, now=NOW)
    open_survey(by=system, survey=survey, to_all=False, now=NOW)
    survey.refresh_from_db()
    ask(by=system, survey=survey, members=[mei.pk], now=timezone.now())
    (mine,) = survey.asks.all()
    note_all(by=system, told=[(mei, Said("praise", NOW, text="茶香"))], act="opinions", now=NOW)
    return {"opinion": opinion.public_id, "survey": survey.public_id, "paper": link_of(mine)}


def _cared(system: Scope, mei: Member, tom: Member) -> World:
    """An occasion of Mei's that is to be decided, and a recommendation that Tom was asked for. Nobody rests: tests run at night."""
    change_caps(by=system, unit=root_unit(), changes={"contact.quiet_from": 0.0, "contact.quiet_to": 0.0}, now=NOW)
    day = timezone.localdate()
    occasion = Occasion.objects.create(member=mei, kind="birthday", day=day, due=day, seen_at=NOW)
    wish = Wish("recommendation", "有朋友爱茶吗")
    return {"occasion": occasion.public_id, "favour": ask_favour(by=system, member=tom, wish=wish, now=NOW).public_id}


def listed_of(system: Scope, unit: Unit) -> World:
    """The unit's list of prospects with the chat's Meilin and Lin on it, what Meilin brought, and an offer."""
    mei = Member.objects.get(name="Meilin", identities__platform="whatsapp")
    figures = {"measured": False, "spans": 0, "past": [0, 0], "signals": {}, "judged": None, "contacted": None}
    run = ProspectRun.objects.create(unit=unit, at=NOW, horizon=14, figures=figures, finished=True)
    lin = Member.objects.get(name="Lin", identities__platform="whatsapp")
    for rank, member in enumerate((mei, lin), start=1):
        Prospect.objects.create(run=run, member=member, rank=rank, signals=",active,", reason="active")
    counted = {"people": 1, "minus": 1, "fresh": 0, "foreign": 0}
    worth = WorthRun.objects.create(unit=unit, at=NOW, currency="CNY", figures=counted, finished=True)
    zeros = dict.fromkeys(
        ("orders", "revenue", "refunds", "brought", "brought_revenue", "contacts", "complaints", "points", "benefits", "days", "costs"), 0
    )  # fmt: skip
    Worth.objects.create(run=worth, member=mei, side="costs", place=1, since=date(2026, 3, 1), balance=-1, **zeros)
    terms = Terms("试饮装", "trial", price=990)
    offer = save_offer(by=system, unit=unit, offer=None, terms=terms, now=NOW)
    giving = Giving.objects.create(offer=offer, at=NOW, days=14, holdout=0, channel="direct", kind="trial")
    return {"offer": offer.public_id, "giving": giving.public_id}


def points_of(system: Scope, unit: Unit, tea: Community) -> World:
    """A programme of the unit with one of everything; the chat's Meilin has points and a level."""
    mei = Member.objects.get(name="Meilin", identities__platform="whatsapp")
    told = {"name": "会员", "currency": "积分"}
    programme = save_programme(by=system, unit=unit, now=NOW, told=told)
    level = save_level(by=system, programme=programme, level=None, rung=Rung("普通", months=0), now=NOW)
    benefit = save_benefit(
        by=system, programme=programme, benefit=None, offer=Offer("包邮", levels=[level.pk]), now=NOW
    )
    reward = save_reward(by=system, programme=programme, reward=None, prize=Prize("茶杯", 10), now=NOW)
    movement = move(by=system, programme=programme, member=mei, gift=Gift(100, "开始"), now=NOW)
    redemption = redeem(by=system, reward=reward, member=mei, now=NOW)
    renew(by=system, programme=programme, now=NOW, today=date(2026, 3, 20))
    vip = mark(by=system, community=tea, terms=VipTerms(level, 100_00, "CNY"), now=NOW)
    by_hand = give_level(by=system, level=level, member=mei, given=Given("老客户", date(2099, 1, 1)), now=NOW)
    fee = note_fee(by=system, vip=vip, member=mei, paid=Paid(date(2026, 3, 2)), now=NOW)
    move(by=system, programme=programme, member=mei, gift=Gift(5, "批量", act="points"), now=NOW)
    return {
        "level_grant": by_hand.public_id,
        "fee": fee.public_id,
        "programme": programme.public_id,
        "level": level.public_id,
        "benefit": benefit.public_id,
        "reward": reward.public_id,
        "movement": movement.public_id,
        "redemption": redemption.public_id,
    }
