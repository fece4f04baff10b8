"""Names: what people call platforms and types of communities."""

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
