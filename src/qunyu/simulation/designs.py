"""Designs: the communities of the brand, what each is for, and what is going to become of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qunyu.simulation.brand import Platform, Type

Cause = Literal["", "nobody_speaks", "only_adverts", "soul_left", "newcomers_ignored", "off_theme"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a community: from `since` (share of the window) it fades for `cause`; at `dies` it is silent."""

    cause: Cause = ""
    since: float = 2.0
    dies: float = 2.0


@dataclass(frozen=True, slots=True)
class Design:
    """One community of the plan.

    `opens` is a share of the window (0 = its first day); if negative, days before it. `closes` is the share at which it
    is dissolved (2 = never). `share` is its weight when members are dealt out. `unit` is a key of brand.UNITS.
    """

    key: str
    name: str
    platform: Platform
    type: Type
    theme: str
    unit: str
    share: float
    opens: float
    positioning: str
    fate: Fate = Fate()
    closes: float = 2.0
    soul: bool = False
    bot: bool = False


DESIGNS = (
    Design("lead-sh", "拾露静安店·新人见面{n}群", "wechat", "lead", "daily", "sh", 10, -60,
           "接待静安店进店和扫码的新朋友，9.9 元体验装起步，每天一个小话题，喝明白了再买", bot=True),
    Design("lead-gz", "拾露天河店·新人见面{n}群", "wechat", "lead", "daily", "gz", 8, 0.08,
           "天河店新客的第一站，先领体验装，再找到自己爱喝的那一味", bot=True),
    Design("lead-cd", "拾露锦江店·新人见面{n}群", "wechat", "lead", "daily", "cd", 8, -20,
           "锦江店新客群，摆摆龙门阵，试试新口味，门店活动第一时间知道"),
    Design("lead-note", "拾露小红书粉丝{n}群", "wechat", "lead", "daily", "content", 10, 0.25,
           "从内容平台来的新粉丝，先交朋友再喝茶，每周三抽体验装", bot=True),
    Design("lead-bj", "拾露朝阳店·新人见面{n}群", "wechat", "lead", "daily", "bj", 7, -30,
           "朝阳店新客群，办公室喝茶入门", Fate("newcomers_ignored", 0.35)),
    Design("welfare-sh", "拾露静安店福利{n}群", "wechat", "welfare", "deal", "sh", 13, -150,
           "静安店老朋友的福利群，每周二、周五上新，会员日专享价", bot=True),
    Design("welfare-hz", "拾露西湖店福利{n}群", "wechat", "welfare", "deal", "hz", 10, -120,
           "西湖店的日常福利，买得实惠，喝得安心"),
    Design("welfare-nj", "拾露新街口店福利{n}群", "wechat", "welfare", "deal", "nj", 9, -100,
           "新街口店福利群，每日特价", Fate("only_adverts", 0.40)),
    Design("welfare-gz", "拾露天河店福利{n}群", "wecom", "welfare", "deal", "gz", 9, -40,
           "天河店会员福利，凭会员码享折上折", bot=True),
    Design("welfare-sz", "拾露南山店福利{n}群", "wecom", "welfare", "deal", "sz", 9, -10,
           "南山店的写字楼茶友，拼单免运费，下午茶送到楼下", bot=True),
    Design("welfare-cd", "拾露锦江店福利{n}群", "wechat", "welfare", "deal", "cd", 8, -90,
           "锦江店老客福利，老带新各得一张券"),
    Design("welfare-cq", "拾露渝中店福利{n}群", "wechat", "welfare", "deal", "cq", 7, -110,
           "渝中店福利群", Fate("nobody_speaks", 0.20, 0.72)),
    Design("welfare-qq", "拾露学生党福利{n}群", "qq", "welfare", "deal", "shop", 8, 0.05,
           "学生茶友的省钱群，冷泡和体验装为主，单价不过 50 元", bot=True),
    Design("flash-new", "拾露新品尝鲜快闪{n}群", "wecom", "flash", "launch", "shop", 6, 0.28,
           "五天喝到新品：报名、试喝、反馈、下单，结束就解散", closes=0.34),
    Design("flash-anniversary", "拾露周年庆快闪{n}群", "wechat", "flash", "launch", "shop", 9, 0.63,
           "周年庆前四天开群，抢满减、晒单、红包雨，活动结束三天后解散", closes=0.70),
    Design("flash-members", "拾露会员日快闪{n}群", "wechat", "flash", "launch", "gz", 5, 0.955,
           "会员日专场，一次把下个月的茶备齐"),
    Design("share-white", "老白茶收藏交流{n}群", "wechat", "sharing", "white", "content", 7, -200,
           "收老白茶的人聚在一起：看饼面、聊仓储、约喝老茶", soul=True),
    Design("share-cold", "冷泡研究所{n}群", "wechat", "sharing", "cold", "content", 7, -45,
           "研究冷泡配方，晒作业，互相抄配比", soul=True),
    Design("share-kids", "亲子茶会{n}群", "wechat", "sharing", "kids", "hz", 7, -70,
           "带孩子喝茶、玩茶、周末一起走进茶园的爸妈"),
    Design("share-morning", "早起一杯茶打卡{n}群", "wechat", "sharing", "morning", "content", 8, -35,
           "每天早上一杯茶，21 天养成一个小习惯", bot=True),
    Design("share-ware", "茶器与手账{n}群", "qq", "sharing", "ware", "content", 6, -80,
           "爱茶器、爱拍照、爱写手账的朋友", Fate("soul_left", 0.45), soul=True),
    Design("share-book", "读书喝茶会{n}群", "qq", "sharing", "book", "bj", 6, -25,
           "一周一本书，一人一壶茶", Fate("off_theme", 0.38)),
    Design("share-sea", "拾露海外茶友{n}群", "telegram", "sharing", "sea", "shop", 6, -65,
           "在海外也想喝口家乡茶的朋友，聊运输、聊水质、聊乡愁", bot=True),
    Design("sales-vip", "拾露会员尊享{n}群", "wecom", "sales", "vip", "sh", 6, -130,
           "年消费满 2000 元的老客，一对一选茶，新茶优先预订"),
    Design("sales-gift", "拾露企业礼品团购{n}群", "wecom", "sales", "gift", "shop", 5, -15,
           "企业采购和节日送礼，定制刻字，量大另议"),
    Design("sales-health", "拾露养生茶饮{n}群", "wechat", "sales", "health", "cq", 7, -50,
           "熬夜、上火、吃多了，都能找到对应的一杯", Fate("nobody_speaks", 0.42)),
    Design("sales-sea", "拾露海外直邮{n}群", "telegram", "sales", "sea", "shop", 4, 0.12,
           "海外直邮拼单，每周五统一发货", bot=True),
    Design("guide-shop", "拾露门店导购学习{n}群", "wecom", "enabling", "guide", "partner", 4, -180,
           "给门店导购的课程、话术和陈列素材，每日复盘"),
    Design("guide-partner", "拾露社区合伙人{n}群", "wechat", "enabling", "partner", "partner", 5, -75,
           "帮社区团长把茶卖好：素材、选品、客户答疑"),
    Design("guide-owner", "拾露加盟店长{n}群", "wecom", "enabling", "guide", "partner", 3, -95,
           "加盟店长的运营支持：订货、排班、活动打法"),
    Design("fresh-su", "拾露观前店·开业筹备{n}群", "wechat", "lead", "daily", "su", 0.8, 0.95,
           "观前店下月开业，先来的街坊一起选开业口味"),
)  # fmt: skip
