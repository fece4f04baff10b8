"""Inputs: what a number can lack, and how to supply it."""

from __future__ import annotations

from qunyu.kernel.words import Words

# Key -> why the number is unknown without it, and the remedy.
INPUTS: dict[str, Words] = {
    "chats": Words(
        "没有聊天记录或成员名单；请先导入",
        "there is no chat and no member list; import one first",
    ),
    "joins": Words(
        "没有入群记录；请导入包含入群、退群提示的聊天记录，或导入成员名单（含入群时间）",
        "no joins are known; import a chat export that tells who came and went, or a member list with joining times",
    ),
    "staff": Words(
        "没有标明谁是运营人员；请导入含“角色”列的成员名单",
        "nobody is known as staff; import a member list with a role column",
    ),
    "invitations": Words(
        "没有邀请记录；请导入写明“谁邀请谁入群”的聊天记录",
        "nothing tells who brought whom; import a chat export that names who invited or added whom",
    ),
    "exposures": Words(
        "没有曝光数据；请导入含“曝光”列的费用表",
        "no exposures are known; import a cost table with an exposures column",
    ),
    "costs": Words(
        "没有费用数据；请导入含“费用”列的费用表",
        "no costs are known; import a cost table",
    ),
    "orders": Words(
        "没有订单数据；请导入订单表",
        "no orders are known; import an order file",
    ),
    "matched_orders": Words(
        "订单买家与群成员没有对应上；请在订单表和成员名单中提供手机号、union_id 或平台账号",
        "no buyer could be matched with a member; give phone, union_id or platform id in the order file and the member list",
    ),
    "opinions": Words(
        "没有评价；请在成员页记下评分、投诉或好评，导入表格，或发一份问卷",
        "nobody has said how content they are; note ratings and complaints, import a table, or open a survey",
    ),
    "recommending": Words(
        "没有人回答过是否愿意推荐；请发一份含“推荐意愿”题的问卷（专属链接）",
        "nobody was asked whether they would recommend you; open a survey with that question, over links of their own",
    ),
    "permission": Words("您没有查看订单与收入的权限", "you may not see orders and revenue"),
    "one_currency": Words(
        "费用与收入的货币不同，无法相除；请使用同一种货币",
        "costs and revenue are in different currencies; give both in one",
    ),
    "base": Words("这一期没有可以作分母的数据", "nothing in this period to divide by"),
}
