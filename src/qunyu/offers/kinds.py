"""Kinds of offers, each for the people whom the method advises it for (method.md N6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words


@dataclass(frozen=True)
class OfferKind:
    """`user_types` are those the method advises it for; `once`: nobody gets a second one."""

    key: str
    title: Words
    advice: Words
    user_types: tuple[str, ...]
    once: bool = False


KINDS: Mapping[str, OfferKind] = {
    each.key: each
    for each in (
        OfferKind("bundle", Words("组合优惠", "Bundle"),
                  Words("一次买得更多，客单价更高", "more at a time, a higher order value"), ("bargain",)),
        OfferKind("friends", Words("好友砍价", "Price cut by friends"),
                  Words("优惠由朋友一起争取，带来新人", "friends cut the price together and bring new people"), ("bargain",)),
        OfferKind("coupon", Words("优惠券", "Coupon"),
                  Words("集中在少数几天，平日不打折", "on few days, none in between"), ("bargain",)),
        OfferKind("premium", Words("高价值单品", "High-value product"),
                  Words("给信任您的人好东西，不靠折扣", "good things for who trusts you, without a discount"), ("loyal",)),
        OfferKind("service", Words("更好的服务", "Better service"),
                  Words("专人服务、优先体验", "one person to serve them, first to try"), ("loyal",)),
        OfferKind("gift", Words("赠礼", "Free gift"),
                  Words("感谢，不求回报", "a thank-you that asks for nothing"), ("loyal",)),
        OfferKind("reminder", Words("需要时提醒", "Reminder at the next need"),
                  Words("下一次需要快到时提醒一次", "one reminder when the next need is near"), ("demand",)),
        OfferKind("trial", Words("试用", "Trial"),
                  Words("只给一次；没有反应就不再投入", "once; who does not answer costs no more"), ("low_demand", "unknown"), once=True),
    )
}  # fmt: skip


def find_kind(key: str) -> OfferKind:
    """The kind called `key`.

    Raises DomainError unknown_offer_kind listing those there are.
    """
    if key not in KINDS:
        message = Words("没有方案种类“{key}”；可用：{known}", "there is no kind “{key}”; there are: {known}")
        raise DomainError("unknown_offer_kind", message.fill(key=key, known=", ".join(KINDS)), field="kind")
    return KINDS[key]
