"""What member lists call their columns and roles.

Source: fields of WeCom's customer group interface (userid, type, join_time, join_scene, unionid, state) and the lists
that group tools for WeCom, WeChat and QQ write. Names as `columns.normal` writes them; of several the first counts.
"""

from __future__ import annotations

import re

from qunyu.events.columns import CHAT_TEXT, Kind, Layout
from qunyu.events.rows import Role

_SYNONYMS = {
    "community": """
        community communityname group groupname groupid chatid roomname room 社群 社群名称 群名称 群名 群聊名称 群聊
        所在群 所属群 所属社群 所在群聊 群id 群号
    """.split(),
    "member_id": """
        memberid userid externaluserid 外部联系人id 客户id 成员id 用户id 会员id 会员编号 成员编号 成员账号 账号 帐号
        qq号 qq qqid 微信号 微信id wxid openid uid
    """.split(),
    "name": """
        name nickname displayname membername username 成员昵称 昵称 群昵称 用户昵称 客户昵称 微信昵称 微信名称 微信名
        成员名称 成员姓名 群成员 成员 客户名称 客户姓名 姓名 名称 groupnickname card
    """.split(),
    "joined_at": """
        joinedat jointime joined joindate 入群时间 进群时间 加群时间 入群日期 进群日期 加入时间 加入日期 加入群聊时间
    """.split(),
    "left_at": """
        leftat leavetime left leftdate quittime 退群时间 离群时间 退出时间 离开时间 退群日期 离开日期 退出群聊时间
    """.split(),
    "role": "role memberrole membertype 角色 成员角色 群角色 群身份 身份 成员类型 成员身份 用户类型".split(),
    "channel": """
        channel source state 渠道 来源渠道 入群渠道 进群渠道 渠道名称 渠道标识 来源 客户来源 添加渠道 入群来源 入群方式
        进群方式 加入方式 joinscene
    """.split(),
    "phone": "phone mobile phonenumber 手机号 手机号码 手机 电话 联系电话 联系方式".split(),
    "union_id": "unionid 微信unionid".split(),
    "platform": "platform 平台 所属平台".split(),
}

MEMBERS = Kind(
    fields={field: tuple(names) for field, names in _SYNONYMS.items()},
    needs=(("name", "member_id"),),
    tells=("joined_at", "left_at", "role"),
    # "type" is a role only beside WeCom's other names.
    layouts=(Layout("wecom", frozenset(("userid", "type", "jointime")), {"role": "type", "member_id": "userid"}),),
    foreign=CHAT_TEXT,
)

# WeCom's interface says 1 for a colleague and 2 for somebody from outside.
_ROLES: dict[Role, str] = {
    "staff": """
        staff owner admin administrator employee moderator operator internal 1 群主 管理员 群管理员 员工 企业成员
        内部成员 内部员工 同事 客服 运营 店长 导购 群管 工作人员
    """,
    "atmosphere": "atmosphere shill 气氛组 氛围组 气氛 氛围 气氛号 氛围号 水军 托 马甲 马甲号 小号 陪跑号",
    "bot": "bot robot 机器人 群机器人 小助手 助手 群助手 智能助手",
    "member": """
        member customer external guest user participant 2 成员 普通成员 群成员 客户 普通客户 外部联系人 外部成员
        微信用户 粉丝 用户 会员 普通用户 顾客
    """,
}
ROLES: dict[str, Role] = {word: role for role, words in _ROLES.items() for word in words.split()}

_NOISE = re.compile(r"[\W_]+")


def role_of(words: str) -> Role | None:
    """Our role for a list's word; None when it is unknown to us."""
    return ROLES.get(_NOISE.sub("", words.casefold()))
