"""What WhatsApp itself says in a group: who came, who went, who is called otherwise now.

Source: the sentences of the app in English, Spanish and German as public parsers collected them (chatcarve,
chat-analytics, whatsapp_chat_parser); in Chinese the patterns follow the verbs the app uses, tolerant of its variants.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from qunyu.events.record import Kind
from qunyu.events.whatsapp_names import person


class Change(NamedTuple):
    """`who` came in, went, or is called `other` now; `other` invited or removed; `event` is what a notice tells."""

    kind: Kind
    who: str
    other: str = ""
    event: str = ""
    title: str = ""


LONGEST = 600  # the patterns look back and forth, which must not take long on a line that is no sentence

# What the app calls the one who made the export: nobody knows their name from these sentences.
_EXPORTER = frozenset(("you", "du", "dich", "dir", "tú", "ti", "te", "你", "您"))
_NOT_PEOPLE = re.compile(
    r"(?:this|the|a|diese|die|este|el|此|本|该|這個|这个)?\s?"
    r"(?:group|community|gruppe|grupo|comunidad|群组|群組|群聊|社群|社区|社區)\b.*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*,\s+(?:(?:and|und|y)\s+)?(?:a\s+)?|\s+(?:and|und|y)\s+(?:a\s+)?|\s*、\s*|\s和\s?|\s?和\s")
_TITLE = '["“„「『](?P<title>.*)["”“」』]'
_GROUP = "(?:此|本|该|這個|这个)?(?:群组|群組|群聊|群)"

_SENTENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "created",
        (
            rf"(?P<who>.+?) created (?:this group|(?:the )?group {_TITLE})",
            rf"(?P<who>.+?) (?:hat|hast) die Gruppe (?:{_TITLE} )?erstellt",
            rf"(?:(?P<who>.+?) creó|Creaste) (?:este grupo|el grupo {_TITLE})",
            rf"(?P<who>.+?)\s?已?(?:创建|建立|創建)了?{_GROUP}\s?(?:{_TITLE})?",
        ),
    ),
    (
        "group_renamed",
        (
            rf"(?P<who>.+?) changed the (?:subject|group name) (?:from [\"“].*?[\"”] )?to {_TITLE}",
            rf"(?P<who>.+?) (?:hat|hast) den (?:Betreff|Gruppennamen) (?:von [\"“„].*?[\"”“] )?zu {_TITLE} geändert",
            rf"(?:(?P<who>.+?) cambió|Cambiaste) (?:el asunto|el nombre del grupo) (?:de [\"“].*?[\"”] )?a {_TITLE}",
            rf"(?P<who>.+?)\s?(?:已将|将|把|已將|將){_GROUP}?的?(?:名称|名稱|主题|主題|主旨).*[为為成]\s?{_TITLE}",
        ),
    ),
    (
        "renamed",
        (
            r"(?P<who>.+?) changed (?:their phone number )?to (?P<by>\+[\d\s()-]{6,})",
            r"(?P<who>.+?) hat zu (?P<by>\+[\d\s()-]{6,}) gewechselt",
            r"(?P<who>.+?) cambió (?:su número )?a (?P<by>\+[\d\s()-]{6,})",
            r"(?P<who>.+?)\s?已?(?:更改|更换|變更|变更|更換)[为成為至]\s?(?P<by>\+[\d\s()-]{6,})",
        ),
    ),
    (
        "number_changed",
        (
            r"(?P<who>.+?) changed their phone number.*",
            r"(?P<who>.+?) hat die Telefonnummer gewechselt.*",
            r"(?P<who>.+?) cambió su número de teléfono.*",
            r"(?P<who>.+?)\s?已?(?:更改|更换|變更|变更|更換)了?\S*?(?:电话|手机|電話|手機)(?:号码|號碼|号).*",
        ),
    ),
    (
        "joined",
        (
            r"(?P<who>.+?) joined(?: using (?:this|a|the) (?:group|community)?.*link| the group| from the community)?",
            r"(?P<who>.+?) (?:ist|bist) .*beigetreten",
            r"(?:(?P<who>.+?) se unió|Te uniste)(?: (?:usando|mediante|con|a través de) .*enlace.*| al grupo)?",
            r"(?P<who>.+?)\s?已?(?:通过|使用|透過|經由|经由|点击|點擊).*(?:链接|連結|鏈接).*加入.*",
            rf"(?P<who>.+?)\s?(?:已?加入了?{_GROUP}|已加入)",
        ),
    ),
    (
        "left",
        (
            r"(?P<who>.+?) left(?: the group)?",
            r"(?P<who>.+?) (?:hat|hast) die Gruppe verlassen",
            r"(?:(?P<who>.+?) salió|Saliste) del grupo",
            rf"(?P<who>.+?)\s?已?(?:离开|離開|退出)了?(?:{_GROUP})?",
        ),
    ),
    (
        "joined",
        (
            r"(?P<who>.+?) (?:was|were) added(?: by (?P<by>.+))?",
            r"(?P<by>.+?) added (?P<who>.+?)(?: to the group)?",
            r"(?P<who>.+?) (?:wurde|wurdest|wurden) hinzugefügt",
            r"(?P<by>.+?) (?:hat|hast) (?P<who>.+?) hinzugefügt",
            r"(?P<by>.+?) (?P<who>te) añadió",
            r"(?:Añadiste|Se añadió|(?P<by>.+?) añadió) a (?P<who>.+)",
            r"(?P<who>.+?)\s?已?被\s?(?P<by>.*?)\s?(?:添加|新增|邀请|邀請|加入|拉).*",
            rf"(?P<by>.+?)\s?已?(?:添加|新增|邀请|邀請)了?\s?(?P<who>.+?)\s?(?:(?:加入|进入|到|進入)了?(?:{_GROUP})?)?",
            r"(?P<by>.+?)\s?已?[将把將]\s?(?P<who>.+?)\s?(?:添加|加入|拉).*",
        ),
    ),
    (
        "left",
        (
            r"(?P<who>.+?) (?:was|were) removed(?: by (?P<by>.+))?",
            r"(?P<by>.+?) removed (?P<who>.+?)(?: from the group)?",
            r"(?P<who>.+?) (?:wurde|wurdest|wurden) entfernt",
            r"(?P<by>.+?) (?:hat|hast) (?P<who>.+?)(?: aus der Gruppe)? entfernt",
            r"(?P<by>.+?) (?P<who>te) eliminó",
            r"(?:Eliminaste|Se eliminó|(?P<by>.+?) eliminó) a (?P<who>.+)",
            r"(?P<who>.+?)\s?已?被\s?(?P<by>.*?)\s?(?:移除|移出|踢出).*",
            r"(?P<by>.+?)\s?已?[将把將]\s?(?P<who>.+?)\s?(?:移除|移出|踢出).*",
            r"(?P<by>.+?)\s?已?(?:移除|移出|踢出)了?\s?(?P<who>.+)",
        ),
    ),
)
_TABLE = tuple((event, re.compile(pattern + "[.。]?")) for event, patterns in _SENTENCES for pattern in patterns)


def changes(sentence: str) -> list[Change]:
    """What `sentence` (free of marks) tells, one entry per person it names; empty when it tells nothing we know.

    Whoever made the export is only "You" here. They are left out rather than counted as a person of that name.
    """
    if len(sentence) > LONGEST:
        return []
    for event, pattern in _TABLE:
        found = pattern.fullmatch(sentence)
        if found is not None and not _NOT_PEOPLE.fullmatch(_part(found, "who")):
            return _told(event, found)
    return []


def _told(event: str, found: re.Match[str]) -> list[Change]:
    whom, by = _part(found, "who"), _named(_part(found, "by"))
    if event in ("created", "group_renamed", "number_changed"):
        return [Change("notice", _named(whom), "", event, _part(found, "title"))]
    if event == "renamed":
        return [Change("renamed", _named(whom), by)] if _named(whom) else []
    kind: Kind = "joined" if event == "joined" else "left"
    names = [_named(each) for each in _AND.split(whom)]
    return [Change(kind, each, by) for each in names if each] or [Change("notice", "", by, f"exporter_{kind}")]


def _part(found: re.Match[str], name: str) -> str:
    return found.groupdict().get(name) or ""


def _named(name: str) -> str:
    """The name, empty for the exporter."""
    cleaned = person(name)
    return "" if cleaned.lower() in _EXPORTER else cleaned
