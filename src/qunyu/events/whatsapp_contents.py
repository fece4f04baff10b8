"""What a WhatsApp message holds: text, or the words the app writes for what it left out of the export.

Source: the app's own strings (email_file_attached, export_media_omitted and the iOS placeholders) as collected by
whatsapp_chat_parser and chat-analytics.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from qunyu.events.whatsapp_names import plain

_OMITTED: dict[str, str] = {
    "image": (
        "image omitted|图像已忽略|照片已忽略|图片已忽略|图像已省略|圖片已略去|圖像已省略|"
        "Bild weggelassen|imagen omitida|image absente|immagine omessa|imagem ocultada|"
        "imagem não revelada|GIF omitted|GIF 动态图已被忽略|GIF 已略去|GIF 圖片已被省略|"
        "GIF weggelassen|GIF omitido|GIF retiré|GIF esclusa"
    ),
    "video": (
        "video omitted|video note omitted|video message omitted|视频已忽略|视频已省略|影片已略去|"
        "影片已省略|Video weggelassen|video omitido|vidéo absente|video omesso|vídeo omitido|"
        "vídeo não revelado"
    ),
    "voice": (
        "audio omitted|voice message omitted|音频已忽略|音频已省略|音訊已略去|音訊已省略|"
        "Audio weggelassen|audio omitido|audio omis|audio omesso|áudio ocultado"
    ),
    "sticker": (
        "sticker omitted|贴图已忽略|贴图已省略|貼圖已略去|貼圖已忽略|Sticker weggelassen|"
        "sticker omitido|sticker omis|sticker non incluso|figurinha omitida"
    ),
    "file": (
        "document omitted|文档已忽略|文档已省略|文件已忽略|文件已略去|Dokument weggelassen|"
        "documento omitido|document manquant|documento omesso"
    ),
    "contact": (
        "Contact card omitted|联系人卡片已忽略|聯絡人卡片已略去|聯絡人卡片已省略|"
        "Kontaktkarte ausgelassen|Tarjeta de contacto omitida"
    ),
    "other": (
        "Media omitted|省略多媒体文件|省略影音内容|忽略多媒體檔|已省略多媒體檔案|"
        "Medien ausgeschlossen|Medien weggelassen|Multimedia omitido|Archivo omitido|Médias omis|"
        "Fichier omis|Media omessi|Media omesso|Mídia omitida|Ficheiro não revelado|null"
    ),
    "location": (
        "live location shared|共享实时位置|實時位置已分享|Live-Standort wird geteilt|"
        "ubicación en tiempo real compartida"
    ),
}
_DELETED = (
    "This message was deleted|You deleted this message|此消息已删除|这条消息已删除|您删除了此消息|"
    "你删除了这条消息|此訊息已刪除|你已刪除此訊息|你已刪除這則訊息|Diese Nachricht wurde gelöscht|"
    "Du hast diese Nachricht gelöscht|Se eliminó este mensaje|Eliminaste este mensaje|"
    "Ce message a été supprimé|Vous avez supprimé ce message|Mensagem apagada|"
    "Essa mensagem foi apagada|Questo messaggio è stato eliminato|Hai eliminato questo messaggio"
)
_SUBJECTS = {words.lower(): subject for subject, many in _OMITTED.items() for words in many.split("|")}
_GONE = frozenset(_DELETED.lower().split("|"))
_GONE_BY = re.compile(
    r"(?:this message was deleted by|此消息已被|diese nachricht wurde von) .*"
    r"(?:admin|管理员|管理員).*"
)
_POLLS = frozenset(("POLL:", "投票：", "投票:", "UMFRAGE:", "ENCUESTA:"))
_EDITED = re.compile(
    r"\s*<(?:This message was edited|这条消息已经过编辑|此消息已编辑|已編輯此訊息|此訊息已編輯|"
    r"Diese Nachricht wurde bearbeitet|Se editó este mensaje|Ce message a été modifié|Mensagem editada)[.。]?>$"
)
_ATTACHED = re.compile(r"(?P<before>.*?)\s?<[^<>:：]{2,20}[:：]\s?(?P<file>[^<>]+\.\w{1,5})>")
_BESIDE = re.compile(
    r"(?P<file>.+\.\w{1,5}) \((?:file attached|文件附件|附件檔案|Datei angehängt|archivo adjunto|archivo adjuntado|"
    r"fichier joint|file allegato|arquivo anexado|ficheiro anexado)\)"
)
_LEFT_OUT = re.compile(rf"(?P<file>.+?)(?: • .*)?\s+(?:{_OMITTED['file']})[.。]?", re.IGNORECASE)
_PLACE = re.compile(r"(?:\S+ )?https://maps\.google\.com/\?q=-?[\d.]+,-?[\d.]+")
_CALL = re.compile(
    r"(?:missed )?(?:group )?(?:voice|video) call\b.*|(?:未接)?(?:语音|视频|語音|視訊)通[話话].*|"
    r"verpasster? (?:sprach|video)anruf.*|(?:sprach|video)anruf\b.*|(?:llamada|videollamada)(?: de voz)? perdida.*",
    re.IGNORECASE,
)
_BY_WORD = (
    ("-photo-", "image"),
    ("-gif-", "image"),
    ("-video-", "video"),
    ("-audio-", "voice"),
    ("-sticker-", "sticker"),
)
_BY_ENDING = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "heic"), "image"),
    **dict.fromkeys(("mp4", "mov", "3gp", "mkv"), "video"),
    **dict.fromkeys(("opus", "ogg", "m4a", "mp3", "aac", "amr"), "voice"),
    "webp": "sticker",
    "vcf": "contact",
}

_SHORT = 64

# Words that stand for something else without any sign in them; looked up for every message, so as they are written.
UNMARKED = frozenset(
    form
    for words in "|".join((*_OMITTED.values(), _DELETED, *_POLLS)).split("|")
    for form in (words, words + ".", words + "。", words[0].upper() + words[1:])
)


class Content(NamedTuple):
    """A message's content type, its text (a caption, a poll's question), and what else is known."""

    subject: str
    text: str
    meta: Mapping[str, object] | None = None


def content(first: str, more: list[str] | None, marked: bool) -> Content:
    """What a message holds whose first line is `first`; `marked` when one of the app's own marks stands in it."""
    if more is None and len(first) < _SHORT:
        return _of_short_line(first, marked)
    return _of_lines([first, *(more or ())], marked)


@lru_cache(maxsize=512)
def _of_short_line(line: str, marked: bool) -> Content:
    """Chats repeat the same few placeholders thousands of times."""
    return _of_lines([line], marked)


def _of_lines(lines: list[str], marked: bool) -> Content:
    lines[0] = plain(lines[0])
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    last = plain(lines[-1])
    unedited = _EDITED.sub("", last)
    edited: dict[str, object] = {} if unedited == last else {"edited": True}
    if edited:
        lines[-1] = unedited
    found = _stand_in(lines[0].strip(), marked) or Content("text", lines[0])
    words = [found.text, *lines[1:]] if found.text or found.subject == "text" else lines[1:]
    return Content(found.subject, "\n".join(words), {**(found.meta or {}), **edited} or None)


def _stand_in(words: str, marked: bool) -> Content | None:
    """The content that `words` stand for; None when they are what somebody wrote."""
    key = words.strip("<>").rstrip(".。").strip().lower()
    if key in _GONE or _GONE_BY.fullmatch(key):
        return Content("other", "", {"deleted": True})
    subject = _SUBJECTS.get(key)
    if subject is not None:
        return Content(subject, "", None if subject == "location" else {"omitted": True})
    if words in _POLLS:
        return Content("poll", "")
    return _attached(words) or _special(words, marked)


def _attached(words: str) -> Content | None:
    found = _ATTACHED.fullmatch(words) or _BESIDE.fullmatch(words)
    if found is None:
        return None
    before = found.groupdict().get("before", "")
    return Content(_subject_of_file(found["file"]), before.strip(), {"file": found["file"]})


def _special(words: str, marked: bool) -> Content | None:
    if _PLACE.fullmatch(words):
        return Content("location", words)
    if marked and _CALL.fullmatch(words):
        return Content("call", words)
    if marked and (found := _LEFT_OUT.fullmatch(words)):
        return Content("file", "", {"file": found["file"], "omitted": True})
    return None


def _subject_of_file(name: str) -> str:
    lowered = name.lower()
    for word, subject in _BY_WORD:
        if word in lowered:
            return subject
    return _BY_ENDING.get(lowered.rpartition(".")[2], "file")
