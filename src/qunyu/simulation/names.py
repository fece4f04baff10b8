"""Names of people who do not exist: surnames by their frequency, given names, and what people are called in groups."""

from __future__ import annotations

from random import Random

# Surnames with their share of the population in parts per thousand, rounded. Source: the Ministry of Public
# Security's yearly name reports (the first five hold about 30 %).
SURNAMES = {
    "王": 72, "李": 71, "张": 68, "刘": 54, "陈": 46, "杨": 31, "黄": 22, "赵": 21, "吴": 20, "周": 19, "徐": 15,
    "孙": 14, "马": 13, "朱": 13, "胡": 12, "郭": 12, "何": 11, "林": 11, "高": 10, "罗": 9, "郑": 8, "梁": 8,
    "谢": 7, "宋": 6, "唐": 6, "许": 6, "韩": 6, "邓": 6, "冯": 6, "曹": 6, "彭": 5, "曾": 5, "肖": 5, "田": 5,
    "董": 5, "潘": 5, "袁": 5, "蔡": 5, "蒋": 5, "余": 4, "于": 4, "杜": 4, "叶": 4, "程": 4, "魏": 4, "苏": 4,
    "吕": 4, "丁": 4, "任": 4, "卢": 4, "姚": 4, "沈": 4, "钟": 4, "姜": 4, "崔": 4, "谭": 4, "陆": 4, "范": 4,
    "汪": 3, "廖": 3, "石": 3, "金": 3, "韦": 3, "贾": 3, "夏": 3, "付": 3, "方": 3, "邹": 3, "熊": 3, "白": 3,
    "孟": 3, "秦": 3, "邱": 3, "侯": 3, "江": 3, "尹": 3, "薛": 3, "闫": 3, "段": 3, "雷": 3, "龙": 2, "欧阳": 1,
    "上官": 0.2, "司马": 0.2,
}  # fmt: skip
GIVEN = (
    "芳 娜 敏 静 丽 艳 娟 霞 燕 玲 婷 雪 倩 颖 琳 洁 莉 萍 丹 蕾 薇 璐 悦 怡 梅 磊 洋 勇 军 杰 涛 超 明 刚 强 "
    "峰 鹏 辉 波 斌 伟 浩 宇 凯 鑫 俊 帆 旭 晨 阳 佳琪 雨欣 梓涵 思远 欣怡 诗涵 晓敏 晓燕 文静 雅婷 嘉怡 佳怡 "
    "梦瑶 雨桐 若曦 可欣 思雨 慧敏 丽华 秀英 桂兰 建国 建华 志强 志远 文博 俊杰 浩然 子轩 宇航 一鸣 天佑 家豪 "
    "国栋 海涛 晓东 晓峰 小龙 永强 淑珍 玉兰 春梅 红梅 海燕 晓玲 美玲 雅琴 婉清 书瑶 语嫣 沐阳 景行 知夏 安然 "
    "心怡 婧 楠 晗 璇 妍 昕 蓉 琪 瑶 岚 楚 越 立新 卫东 学军 长征 爱华 凤英 丽娟 雪梅 少华 振宇 博文 睿 哲 骁 "
    "煜 铭 泽宇 皓轩 嘉豪 子涵 依琳 诗雅 梦洁 紫薇"
).split()
THINGS = (
    "小鱼 橙子 豆豆 糖糖 小满 果果 米粒 小鹿 柚子 可可 团子 芒果 小雨 晴天 云朵 布丁 桃子 小麦 栗子 年糕 豆芽 "
    "小葵 初一 十五 糯米 汤圆 花生 西米 泡芙 奶糖 小羊 悠悠 朵朵 乐乐 圆圆 童童 妞妞 毛豆 核桃 石榴 樱桃 小七 "
    "阿九 小北 南南 木木 森森 星星 月半 丸子 包子 土豆 番茄 青柠 薄荷 茉莉 桂花 小茶 石头 小海 阿布 嘟嘟 咚咚 "
    "点点 安安 宁宁 沐沐 果冻 麦子 鱼丸"
).split()
POETIC = (
    "清风徐来 一蓑烟雨 岁月静好 人淡如菊 听雨 半日闲 云淡风轻 且听风吟 山间明月 浮生若梦 暖暖 向阳而生 "
    "一米阳光 静水流深 淡定人生 平安喜乐 知足常乐 花开半夏 秋水长天 松间照 慢生活 一叶知秋 拾光 南风知意 "
    "陌上花开 烟火人间 心若向阳 简单就好 随遇而安 阳光总在风雨后 海阔天空 天道酬勤 上善若水 厚德载物 "
    "梅子黄时雨 小桥流水 春暖花开 星河 长安故里 茶里人间 山水之间 闲云野鹤 快乐每一天 幸福的味道 雨后彩虹 "
    "蓝色的海 风的季节 沉默的大多数"
).split()
LATIN = (
    "May Amy Coco Lily Vivian Echo Cindy Tina Kelly Grace Momo Lulu Nana Kiki Jojo Sunny Yoyo Annie Leo Jack "
    "Tony Kevin Eric Ray Sam Max Ken Andy Joe Vera Iris Ivy Zoe Mia Nora Luna Wendy Sherry Candy Fiona"
).split()
EMOJI = "🌸 🌿 🍃 🌻 🍀 ☀️ 🌙 🐟 🐱 🍑 🍵 ✨ 🌈 🦋 🐰 🍊".split()
ROLES = ("妈妈", "妈妈", "妈妈", "妈", "麻麻", "爸爸", "姐", "同学")
PLAYFUL = (
    "爱喝茶的{x} 今天也要早睡 不吃香菜 努力搬砖的{x} {x}今天减肥了吗 人间清醒 打工人小{s} 一只{x} {x}不想上班 "
    "减肥失败的{x} 快乐的{x} {x}在发呆 喵喵喵 睡不醒的{x} 咸鱼本鱼 吃茶去 {x}爱吃肉 没有昵称 住在{c}的{x} "
    "{c}老{s} 茶不离手 {x}同学 路过的{x} 大{x} 小{x}儿"
).split()
_SURNAMES, _SHARES = tuple(SURNAMES), tuple(SURNAMES.values())
_BASE36 = "abcdefghijklmnopqrstuvwxyz0123456789"
_BASE62 = _BASE36 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def real_name(random: Random) -> str:
    """A surname and a given name."""
    return random.choices(_SURNAMES, _SHARES)[0] + random.choice(GIVEN)


def nickname(random: Random, name: str, city: str) -> str:
    """What `name` is called in groups: the name itself, something cute, poetic, English or playful."""
    surname = name[:2] if name[:2] in SURNAMES else name[0]
    thing = random.choice(THINGS)
    style = random.random()
    if style < 0.17:
        chosen = name
    elif style < 0.27:
        chosen = random.choice(("小", "阿", "老", "大")) + (surname if random.random() < 0.6 else name[-1])
    elif style < 0.42:
        chosen = thing + random.choice(ROLES)
    elif style < 0.56:
        chosen = thing
    elif style < 0.68:
        chosen = random.choice(POETIC)
    elif style < 0.82:
        chosen = _latin(random, surname)
    else:
        chosen = random.choice(PLAYFUL).format(x=thing, s=surname, c=city or random.choice(("江南", "北方")))
    return chosen + (random.choice(EMOJI) if random.random() < 0.11 else "")


def _latin(random: Random, surname: str) -> str:
    name = random.choice(LATIN)
    return random.choice(
        (name, name, f"阿{name}", f"{name}{surname}", name.lower(), f"{surname}小姐{name}", f"{name}_{surname}")
    )


def phone(number: int) -> str:
    """A mobile number nobody owns: 142 is a prefix no operator was given; distinct for every `number` below 10^8."""
    return f"142{number * 48_271 % 10**8:08d}"


def union_id(random: Random) -> str:
    """An id of the shape that WeChat's open platform gives a person."""
    return "oLu" + "".join(random.choices(_BASE62, k=25))


def platform_id(random: Random, platform: str, number: int) -> str:
    """A stable id of the platform's shape; distinct for every `number` on numeric platforms."""
    if platform == "wechat":
        return "wxid_" + "".join(random.choices(_BASE36, k=14))
    if platform == "wecom":
        return "wmLu" + "".join(random.choices(_BASE62, k=28))
    return str((270_000_000 if platform == "qq" else 5_100_000_000) + number * 7_919)
