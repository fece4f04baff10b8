"""Names: what people call the codes of the database."""

from __future__ import annotations

from qunyu.kernel.words import Words

PLATFORMS: dict[str, Words] = {
    "wechat": Words("微信", "WeChat"),
    "wecom": Words("企业微信", "WeCom"),
    "qq": Words("QQ", "QQ"),
    "whatsapp": Words("WhatsApp", "WhatsApp"),
    "telegram": Words("Telegram", "Telegram"),
    "discord": Words("Discord", "Discord"),
    "slack": Words("Slack", "Slack"),
    "zulip": Words("Zulip", "Zulip"),
    "signal": Words("Signal", "Signal"),
    "irc": Words("IRC", "IRC"),
    "gitter": Words("Gitter", "Gitter"),
    "plain": Words("自有格式", "Own format"),
    "members": Words("成员名单", "Member list"),
}
TYPES: dict[str, Words] = {
    "": Words("未设定", "Not set"),
    "lead": Words("引流群", "Lead-in"),
    "welfare": Words("福利群", "Welfare"),
    "flash": Words("快闪群", "Flash"),
    "sharing": Words("分享型", "Sharing"),
    "sales": Words("销售导向", "Sales"),
    "enabling": Words("赋能型", "Enabling"),
}
MEMBER_ROLES: dict[str, Words] = {
    "member": Words("成员", "Member"),
    "staff": Words("运营人员", "Staff"),
    "atmosphere": Words("气氛组", "Atmosphere team"),
    "bot": Words("机器人", "Bot"),
}
ORDER_STATES: dict[str, Words] = {
    "paid": Words("已付款", "Paid"),
    "free": Words("零元", "Free"),
    "unpaid": Words("待付款", "Unpaid"),
    "cancelled": Words("已取消", "Cancelled"),
    "refunded": Words("已退款", "Refunded"),
}
IMPORT_STATES: dict[str, Words] = {
    "waiting": Words("排队中", "Waiting"),
    "reading": Words("读取中", "Reading"),
    "saving": Words("保存中", "Saving"),
    "done": Words("已完成", "Done"),
    "failed": Words("失败", "Failed"),
    "undoing": Words("撤销中", "Being undone"),
    "undone": Words("已撤销", "Undone"),
}
IMPORT_ICONS = {
    "waiting": "clock", "reading": "loader", "saving": "loader", "done": "circle-check",
    "failed": "alert-triangle", "undoing": "loader", "undone": "arrow-back-up",
}  # fmt: skip
YIELDS: dict[str, Words] = {
    "": Words("自动识别", "Recognise"),
    "chat": Words("聊天记录", "Chat"),
    "orders": Words("订单", "Orders"),
    "members": Words("成员名单", "Member list"),
    "costs": Words("费用与曝光", "Costs and exposures"),
}
# What an import counts: its facts by kind, and what an undo removed.
COUNTS: dict[str, Words] = {
    "message": Words("消息", "Messages"),
    "action": Words("动作", "Actions"),
    "joined": Words("入群", "Joined"),
    "left": Words("退群", "Left"),
    "renamed": Words("改名", "Renamed"),
    "recalled": Words("撤回", "Recalled"),
    "notice": Words("群提示", "Notices"),
    "listed": Words("名单成员", "Listed members"),
    "unlisted": Words("名单退群", "Listed as left"),
    "order": Words("订单", "Orders"),
    "cost": Words("费用", "Costs"),
    "exposed": Words("曝光", "Exposures"),
    "already": Words("已有（未重复计入）", "There already (not counted again)"),
    "facts": Words("记录", "Records"),
    "orders": Words("订单", "Orders"),
    "identities": Words("成员身份", "Identities"),
    "communities": Words("社群", "Communities"),
    "reading": Words("已读取行数", "Rows read"),
    "people": Words("人", "People"),
    "saving": Words("待保存记录", "Records being saved"),
}
# What the system calls itself in what it keeps; people go by their own names.
ACTORS: dict[str, Words] = {"system": Words("系统", "System")}
ACTIONS: dict[str, Words] = {
    "staff.add": Words("新增账号", "Added an account"),
    "staff.grant": Words("授予角色", "Gave a role"),
    "staff.revoke": Words("收回角色", "Took a role back"),
    "staff.stop": Words("停用账号", "Closed an account"),
    "staff.resume": Words("启用账号", "Opened an account again"),
    "staff.password": Words("修改密码", "Changed a password"),
    "sign_in.rules": Words("修改登录规则", "Changed the sign-in rules"),
    "session.begin": Words("登录", "Signed in"),
    "session.end": Words("结束登录会话", "Ended sessions"),
    "factor.set_up": Words("开启二次验证", "Set up a second factor"),
    "factor.off": Words("关闭二次验证", "Switched a second factor off"),
    "factor.reset": Words("重置他人的二次验证", "Reset somebody’s second factor"),
    "factor.codes": Words("更换恢复码", "Renewed recovery codes"),
    "factor.recovery": Words("使用恢复码登录或操作", "Used a recovery code"),
    "identity.link": Words("关联单位账号", "Linked a company account"),
    "identity.unlink": Words("解除单位账号关联", "Unlinked a company account"),
    "unit.settings": Words("修改标准", "Changed thresholds"),
    "staff.invite": Words("生成登录邀请", "Invited somebody to choose a password"),
    "staff.rename": Words("修改姓名", "Renamed an account"),
    "unit.add": Words("新增组织单位", "Added a unit"),
    "unit.rename": Words("重命名组织单位", "Renamed a unit"),
    "unit.move": Words("移动组织单位", "Moved a unit"),
    "unit.remove": Words("删除组织单位", "Removed a unit"),
    "unit.levels": Words("命名组织层级", "Named the levels of the organisation"),
    "role.add": Words("新建角色", "Added a role"),
    "role.change": Words("修改角色", "Changed a role"),
    "role.remove": Words("删除角色", "Removed a role"),
    "token.issue": Words("生成 API 令牌", "Issued an API token"),
    "token.revoke": Words("撤销 API 令牌", "Revoked an API token"),
    "schedule.add": Words("新建定时报告", "Scheduled a report"),
    "schedule.change": Words("启停定时报告", "Stopped or resumed a scheduled report"),
    "schedule.remove": Words("删除定时报告", "Removed a scheduled report"),
    "report.make": Words("生成报告", "Made a report"),
    "report.remove": Words("删除报告", "Removed a report"),
    "community.edit": Words("编辑社群", "Edited a community"),
    "community.move": Words("移动社群到另一单位", "Moved a community to another unit"),
    "import.ask": Words("开始导入", "Asked for an import"),
    "import.finish": Words("完成导入", "Finished an import"),
    "import.fail": Words("导入失败", "An import failed"),
    "import.undo": Words("撤销导入", "Asked to undo an import"),
    "alert.see": Words("预警标为已读", "Marked an alert as seen"),
    "alert.reopen": Words("预警恢复为未读", "Opened an alert again"),
    "alert.mute": Words("静音预警指标", "Muted a number"),
    "alert.unmute": Words("取消静音", "Ended a mute"),
    "duty.give": Words("分配社群职责", "Gave a duty"),
    "duty.end": Words("结束社群职责", "Ended a duty"),
    "staff.link": Words("关联群成员", "Linked a person of the chats"),
    "staff.unlink": Words("取消关联群成员", "Undid a link with a person"),
    "work.add": Words("记录工时", "Noted work"),
    "work.edit": Words("修改工时", "Changed noted work"),
    "work.remove": Words("删除工时", "Removed noted work"),
    "member.profile": Words("修改成员资料", "Changed a profile"),
    "member.profile_undo": Words("撤回资料修改", "Took a change of a profile back"),
    "member.profile_again": Words("恢复资料修改", "Made a change of a profile again"),
    "member.reveal": Words("查看敏感信息", "Read sensitive details"),
    "member.merge": Words("认定为同一人", "Merged members"),
    "member.unmerge": Words("认定为不是同一人", "Told members apart"),
    "member.later": Words("稍后再判断", "Put a question off"),
    "member.take_back": Words("撤回合并判断", "Took a decision back"),
    "profiles.import": Words("导入成员资料", "Asked for an import of profiles"),
    "profiles.undo": Words("撤销资料导入", "Undid an import of profiles"),
    "profiles.export": Words("导出敏感信息", "Exported sensitive details"),
    "contact.add": Words("记录联系", "Noted a contact"),
    "contact.edit": Words("修改联系记录", "Changed a contact"),
    "contact.remove": Words("删除联系记录", "Removed a contact"),
    "link.add": Words("关联决策人与使用人", "Linked who decides and who uses"),
    "link.remove": Words("取消关联", "Ended a link"),
    "field.add": Words("新增成员字段", "Added a member field"),
    "field.edit": Words("修改成员字段", "Changed a member field"),
    "field.move": Words("调整字段顺序", "Moved a member field"),
    "field.archive": Words("归档成员字段", "Archived a member field"),
    "field.restore": Words("恢复成员字段", "Brought a member field back"),
    "field.delete": Words("删除成员字段", "Deleted a member field"),
    "privacy.ask": Words("登记个人信息请求", "Wrote down a request about personal data"),
    "privacy.refuse": Words("拒绝个人信息请求", "Refused a request about personal data"),
    "privacy.export": Words("导出个人信息", "Asked for a copy of a person’s data"),
    "privacy.exported": Words("完成个人信息导出", "Made a copy of a person’s data"),
    "privacy.download": Words("下载个人信息", "Downloaded a copy of a person’s data"),
    "privacy.erase": Words("确认删除个人信息", "Confirmed an erasure"),
    "privacy.erased": Words("完成个人信息删除", "Finished an erasure"),
    "privacy.lift": Words("解除停止名单", "Took somebody off the stop list"),
    "privacy.period": Words("修改保存期限", "Changed how long data are kept"),
    "privacy.expired": Words("按期限删除", "Let go what was kept long enough"),
    "consent.granted": Words("记录同意", "Noted a consent"),
    "consent.refused": Words("记录拒绝", "Noted a refusal"),
    "consent.withdrawn": Words("记录撤回同意", "Noted a withdrawal of consent"),
    "consent.purpose": Words("新增同意目的", "Added a purpose of consent"),
}
CONTENTS: dict[str, Words] = {
    "image": Words("图片", "picture"), "sticker": Words("表情", "sticker"), "voice": Words("语音", "voice"),
    "video": Words("视频", "video"), "file": Words("文件", "file"), "link": Words("链接", "link"),
    "mini_program": Words("小程序", "mini program"), "red_packet": Words("红包", "red packet"),
    "transfer": Words("转账", "transfer"), "location": Words("位置", "location"), "contact": Words("名片", "contact"),
    "call": Words("通话", "call"), "poll": Words("投票", "poll"), "other": Words("其他内容", "something else"),
}  # fmt: skip


def named(names: dict[str, Words], code: str) -> Words:
    """What people call `code`; the code itself where nobody has named it."""
    return names.get(code) or Words(code, code)


def platform(code: str) -> Words:
    """A platform's name; customers known to a unit's shop, and whom a unit noted down, have a platform of their own."""
    if code.startswith("shop"):
        return Words("店铺客户", "Shop customer")
    if code.startswith("contact"):
        return Words("自行登记", "Noted down")
    return named(PLATFORMS, code)
