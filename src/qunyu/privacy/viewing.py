"""Viewing: which pages and API operations tell of people, and the one entry that each look at them leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import keyed
from qunyu.kernel.words import Words
from qunyu.privacy.models import AccessEntry

# The same account on the same thing leaves one entry in so many seconds.
SLOT = 600
LONGEST_ID = 64

# What a page or operation is called here; it tells of one person, whose public id stands in its address.
PERSON: dict[str, Words] = {
    "member": Words("成员主页", "A person’s page"),
    "member_edit": Words("编辑资料", "Editing a profile"),
    "member_merge": Words("合并成员", "Merging a person"),
    "member_points": Words("积分与等级", "Points and levels"),
    "contact": Words("联系记录", "A contact"),
    "profile": Words("资料", "Profile"),
    "changes": Words("资料的历史", "History of a profile"),
    "contacts": Words("联系记录", "Contacts"),
    "moments": Words("时间线", "Timeline"),
    "timeline": Words("时间线", "Timeline"),
    "links": Words("人与人的关联", "Links"),
    "decisions": Words("是否同一人的判断", "Decisions about who is one person"),
    "member_tags": Words("标签", "A person’s tags"),
    "points": Words("积分与等级", "Points and levels"),
    "member_care": Words("联系与关怀", "Contacts and care"),
    "contactable": Words("能否联系", "Whether somebody may be contacted"),
    "favour_new": Words("请人帮忙", "Asking a favour"),
}
# They show several people, or one by way of something else.
LISTS: dict[str, Words] = {
    "members": Words("成员列表", "List of members"),
    "advice": Words("行动建议", "Advice"),
    "community_advice": Words("社群的行动建议", "Advice for a community"),
    "community_people": Words("社群成员", "People of a community"),
    "community_members": Words("社群成员", "People of a community"),
    "funnel_people": Words("漏斗某一步的人", "People of a step of the funnel"),
    "behind": Words("数字背后的人", "People behind a number"),
    "board_people": Words("数字背后的人", "People behind a number"),
    "leaving_words": Words("离开前的话", "Last words of who left"),
    "satisfaction": Words("满意度", "Satisfaction"),
    "opinions": Words("满意度", "Satisfaction"),
    "opinion": Words("一条评价", "An opinion"),
    "survey": Words("问卷与回答", "A survey and its replies"),
    "survey_asks": Words("问卷与回答", "A survey and its replies"),
    "survey_outcome": Words("问卷与回答", "A survey and its replies"),
    "segment": Words("人群", "A segment"),
    "segment_people": Words("人群的人", "People of a segment"),
    "segment_members": Words("人群的人", "People of a segment"),
    "segment_try": Words("试算人群", "Trying a segment"),
    "try_condition": Words("试算人群", "Trying a segment"),
    "segment_compare": Words("比较人群", "Comparing segments"),
    "compare_segments": Words("比较人群", "Comparing segments"),
    "try_tag_rule": Words("试算标签规则", "Trying a tag rule"),
    "same_person": Words("疑似同一人", "Same person?"),
    "suggestions": Words("疑似同一人", "Same person?"),
    "profiles_check": Words("核对资料表", "Checking a table of profiles"),
    "tags_check": Words("核对标签表", "Checking a table of tags"),
    "tags_export": Words("导出标签", "Export of tags"),
    "points_give_check": Words("核对积分表", "Checking a table of points"),
    "points_ledger": Words("积分明细", "Ledger of points"),
    "points_entries": Words("积分明细", "Ledger of points"),
    "redemptions": Words("兑换", "Redemptions"),
    "redemption": Words("一次兑换", "A redemption"),
    "vip": Words("VIP 社群", "VIP communities"),
    "vip_door": Words("VIP 社群的门槛", "The bar of a VIP community"),
    "experts": Words("找专家", "Find an expert"),
    "consents": Words("同意记录", "Consents"),
    "all_consents": Words("同意记录", "Consents"),
    "tag_acts": Words("标签操作", "Acts of tagging"),
    "operator_people": Words("运营人员的客户", "People of an operator"),
    "operator_texts": Words("运营人员说的话", "What an operator said"),
    "privacy_new": Words("登记请求", "Writing a request down"),
    "privacy_request": Words("个人信息请求", "A request about personal data"),
    "privacy_requests": Words("个人信息请求", "Requests about personal data"),
    "privacy_held": Words("个人信息请求", "A request about personal data"),
    "privacy": Words("个人信息保护", "Privacy"),
    "calendar": Words("关系日历", "Relationship calendar"),
    "occasions": Words("关系日历", "Relationship calendar"),
    "favours": Words("请求帮忙与推荐", "Favours and recommendations"),
    "favour": Words("请求帮忙与推荐", "Favours and recommendations"),
    "favour_candidates": Words("请求帮忙与推荐", "Favours and recommendations"),
    "brought": Words("推荐带来的人", "People a recommendation brought"),
    "prospects": Words("可转化名单", "Who can be converted now"),
    "prospect": Words("可转化名单上的一人", "Somebody who can be converted now"),
    "attempts": Words("可转化名单的联系", "Contacts of who can be converted"),
    "worth": Words("投入与回报", "Who costs more than they bring"),
    "giving": Words("一次发放的人", "People of a giving"),
    "receivers": Words("一次发放的人", "People of a giving"),
    "best_offer": Words("最合适的优惠", "The best offer for somebody"),
    "standings": Words("等级名单", "Who stands at which level"),
    "benefit_uses": Words("权益使用", "Uses of benefits"),
    "vip_people": Words("VIP 社群的人", "People of a VIP community"),
    "opinions_check": Words("核对评价表", "Checking a table of opinions"),
}
# In the API a programme's points, in the console everybody's; consents of one person in the API, a list in the console.
PERSON_IN_API = frozenset({"consents", "points"})
# What needs the same permissions, and tells of settings or counts alone (taking a copy or a receipt is in the audit trail).
OF_NOBODY = frozenset(
    "surveys survey_new survey_edit segments segment_new segment_edit segment_file segment_vocabulary segment_snapshots labels fields "
    "profiles_new profile_imports points_programmes points_totals points_expiring levels levels_of benefits rewards level_new benefit_new "
    "reward_new vip_mark level benefit reward points_give tags tag_group tag tags_import tag_rules privacy_export privacy_file "
    "privacy_receipt privacy_holders privacy_runs privacy_periods preview_privacy_period purposes purpose_new purpose privacy_due opinions_import offers "
    "offer offer_edit offer_give givings giving_take_back preferences prospect_measures worth_measures care_results favour_tallies".split()
)
TITLES: dict[str, Words] = {**LISTS, **PERSON}


@dataclass(frozen=True, slots=True)
class Look:
    """A look at people: the `page` (a key of TITLES), over the console or the API, and what stood in its address.

    `key` is the public id there ("" where there is none), `searched` what was searched for, `shown` how many were found (None: not known).
    """

    page: str
    via: str
    key: str = ""
    searched: str = ""
    shown: int | None = None

    @property
    def of_person(self) -> bool:
        """Whether `key` is a person."""
        if self.page in PERSON_IN_API:
            return self.via == "api"
        return self.page in PERSON


def tells_of_people(page: str, method: str) -> bool:
    """Whether a look at a page or operation leaves an entry; what changes something is in the audit trail already."""
    return page in TITLES and (method in ("GET", "HEAD") or page in ("segment_try", "try_condition"))


def note(by: Scope, look: Look, now: datetime) -> None:
    """Keeps that somebody looked, once in ten minutes: a single INSERT, which finds the entry there or not."""
    row = AccessEntry(
        at=now,
        slot=int(now.timestamp()) // SLOT,
        actor=by.actor.key,
        actor_name=by.actor.name[:120],
        via=look.via,
        page=look.page,
        person=_id(look.key) if look.of_person else "",
        object="" if look.of_person else _id(look.key),
        searched=searched_as(look.searched),
        shown=look.shown,
    )
    AccessEntry.objects.bulk_create([row], ignore_conflicts=True)


def _id(key: str) -> str:
    return key if len(key) <= LONGEST_ID else hashlib.sha256(key.encode()).hexdigest()


def searched_as(text: str) -> str:
    """What is kept of a search: its keyed hash, which finds equal ones and does not tell the name or number; "" for none."""
    return keyed(" ".join(text.split()).casefold(), "search") if text.strip() else ""


def asked_for(given: Mapping[str, str]) -> str:
    """What an address searches for."""
    return next((given[name] for name in ("q", "search", "text", "topic") if given.get(name, "").strip()), "")
