"""What the doors of the access matrix lead to: one of everything, all of it in one unit, as public ids by name."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from qunyu.communities.duties import give_duty
from qunyu.communities.models import Community
from qunyu.events.models import Import
from qunyu.insights.models import Alert
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.members.contacts import note_contact
from qunyu.members.fields import add_field
from qunyu.members.links import add_link
from qunyu.members.merging import decide
from qunyu.members.models import Identity, Member
from qunyu.members.models.profile import ProfileEntry
from qunyu.members.profile import change
from qunyu.people.actions import add_role, add_unit, invite, issue_token
from qunyu.people.models import Grant, Staff, Unit
from qunyu.people.sessions import begin_session
from qunyu.privacy.requests import Asked, open_request
from qunyu.reports.models import Report, Schedule
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
    """An analyst's account with all that belongs to one, and a role of one's own called keeper."""
    add_role(by=system, name_zh="店长", permissions=[*PERMISSIONS][:1], code="keeper", now=NOW)
    token, _ = issue_token(by=system, staff=zhen, name="robot", expires_at=None, now=NOW)
    schedule = Schedule.objects.create(staff=zhen, unit=unit, grain="week", language="zh", hour=9, created_at=NOW)
    return {
        "zhen": zhen.public_id,
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
    return {
        "mei": mei.public_id,
        "lin": lin.public_id,
        "entry": str(ProfileEntry.objects.get().pk),
        "contact": note_contact(by=system, member=mei, now=NOW, **told).public_id,
        "link": add_link(by=system, pair=(tom, mei), kind="parent", now=NOW).public_id,
        "asked": open_request(by=system, member=mei, kind="export", asked=Asked(), now=NOW).public_id,
        "act": decide(by=system, pairs=[(one, other)], verdict="different", now=NOW)[0].act,
        "field": add_field(by=system, unit=unit, key="size", kind="number", name_zh="尺码", now=NOW).public_id,
    }
