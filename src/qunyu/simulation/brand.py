"""Brand: 拾露茶事, an invented tea house; its catalogue, shops, and how large a simulation of it is to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

Platform = Literal["wechat", "wecom", "qq", "telegram"]
Type = Literal["lead", "welfare", "flash", "sharing", "sales", "enabling"]

NAME = "拾露茶事"
SHORTEST = 14
FEWEST = 60


@dataclass(frozen=True, slots=True)
class BrandSpec:
    """What to generate: `days` full days up to and including `ends_on`, in Asia/Shanghai.

    `members` is about how many people there are (communities are added so that none holds far more than 400); `rate`
    multiplies how much they say. Raises DomainError when it is too small to hold what is planted.
    """

    seed: int
    ends_on: date
    days: int = 120
    members: int = 5_300
    rate: float = 1.0

    def __post_init__(self) -> None:
        if self.days < SHORTEST or self.members < FEWEST or self.rate <= 0:
            raise DomainError("simulation_too_small", TOO_SMALL.fill(days=SHORTEST, members=FEWEST))

    @property
    def starts_on(self) -> date:
        """The first day that chats and orders cover."""
        return self.ends_on - timedelta(days=self.days - 1)


TOO_SMALL = Words(
    "模拟至少需要 {days} 天、{members} 名成员，发言倍率须大于 0",
    "a simulation needs at least {days} days and {members} members, and a rate above 0",
)


@dataclass(frozen=True, slots=True)
class Product:
    """One product; `short` is what people call it, `price` in fen, `step` from cheap (trial) to dear (gift)."""

    key: str
    name: str
    short: str
    spec: str
    unit: str
    price: int
    step: Literal["trial", "daily", "tea", "ware", "gift"]

    @property
    def yuan(self) -> str:
        """The price as people write it: 39.9, 128."""
        return f"{self.price / 100:g}"


PRODUCTS = (
    Product("trial", "五味新人体验装", "体验装", "5味各1包", "份", 990, "trial"),
    Product("peach", "蜜桃乌龙冷泡条", "蜜桃冷泡", "10条装", "盒", 2990, "daily"),
    Product("osmanthus", "桂花乌龙袋泡茶", "桂花乌龙", "15包装", "盒", 3990, "daily"),
    Product("rose", "玫瑰红茶袋泡茶", "玫瑰红茶", "12包装", "盒", 4500, "daily"),
    Product("hawthorn", "山楂陈皮茶", "山楂陈皮", "20包装", "盒", 4990, "daily"),
    Product("ginger", "姜枣红茶袋泡茶", "姜枣红茶", "12包装", "盒", 3600, "daily"),
    Product("tangerine", "陈皮白茶小方片", "陈皮白茶", "20片装", "罐", 6900, "daily"),
    Product("jasmine", "茉莉银针散茶", "茉莉银针", "100克", "罐", 12800, "tea"),
    Product("dongding", "冻顶乌龙散茶", "冻顶乌龙", "150克", "罐", 13800, "tea"),
    Product("rougui", "武夷肉桂岩茶", "肉桂", "80克", "罐", 16800, "tea"),
    Product("cake", "2018年福鼎老白茶饼", "老白茶饼", "350克", "饼", 29800, "tea"),
    Product("gaiwan", "白瓷盖碗", "盖碗", "130毫升", "只", 5900, "ware"),
    Product("pitcher", "一升冷萃壶", "冷萃壶", "1升", "把", 7900, "ware"),
    Product("cup", "便携泡茶杯", "便携杯", "320毫升", "个", 8900, "ware"),
    Product("four", "四季茶礼盒", "四季礼盒", "四罐装", "套", 26800, "gift"),
    Product("robe", "大红袍尊享礼盒", "大红袍礼盒", "两罐装", "套", 39900, "gift"),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A place in the organisation tree; `city` is its people's (empty = anywhere), `short` its everyday name."""

    path: tuple[str, str]
    city: str
    short: str


UNITS = {
    "sh": Unit(("华东大区", "上海静安店"), "上海", "静安店"),
    "hz": Unit(("华东大区", "杭州西湖店"), "杭州", "西湖店"),
    "nj": Unit(("华东大区", "南京新街口店"), "南京", "新街口店"),
    "su": Unit(("华东大区", "苏州观前店"), "苏州", "观前店"),
    "gz": Unit(("华南大区", "广州天河店"), "广州", "天河店"),
    "sz": Unit(("华南大区", "深圳南山店"), "深圳", "南山店"),
    "cd": Unit(("西南大区", "成都锦江店"), "成都", "锦江店"),
    "cq": Unit(("西南大区", "重庆渝中店"), "重庆", "渝中店"),
    "bj": Unit(("华北大区", "北京朝阳店"), "北京", "朝阳店"),
    "shop": Unit(("总部", "电商部"), "", "线上商城"),
    "content": Unit(("总部", "内容部"), "", "线上商城"),
    "partner": Unit(("总部", "渠道部"), "", "总部"),
}
CITIES = tuple(unit.city for unit in UNITS.values() if unit.city)
