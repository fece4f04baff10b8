"""What one message of a Telegram export holds: its text, its content type, and what else is worth keeping.

Source: telegramdesktop/tdesktop, export/output/export_output_json.cpp (SerializeText, SerializeMessage).
"""

from __future__ import annotations

from typing import Any

_BY_MEDIA = {
    "sticker": "sticker",
    "voice_message": "voice",
    "video_message": "video",
    "video_file": "video",
    "animation": "image",
    "audio_file": "file",
}
_BY_FIELD = (
    ("photo", "image"),
    ("poll", "poll"),
    ("location_information", "location"),
    ("place_name", "location"),
    ("contact_information", "contact"),
    ("file", "file"),
    ("game_title", "other"),
    ("invoice_information", "other"),
)
_KEPT = (
    ("reply_to_message_id", "reply_to"),
    ("forwarded_from", "forwarded_from"),
    ("via_bot", "via_bot"),
    ("sticker_emoji", "emoji"),
    ("file_name", "file"),
)


def text_of(message: dict[str, Any]) -> str:
    """The text without its formatting; a poll's question where there is no other text.

    The parts of a formatted text follow one another without a gap. Only a bare link directly after another formatted
    part is set off by a space: glued to the word before, it would be no link any more.
    """
    text = _joined(message.get("text") or message.get("text_entities") or "")
    poll = message.get("poll")
    question = poll.get("question") if isinstance(poll, dict) else ""
    return text or (_joined(question) if question else "")


def _joined(text: object) -> str:
    if isinstance(text, str):
        return text
    joined, formatted = "", False
    for part in text if isinstance(text, list) else (text,):
        words, kind = _part(part)
        if kind == "link" and formatted and not joined[-1:].isspace():
            joined += " "
        joined, formatted = joined + words, kind not in ("", "plain")
    return joined


def _part(part: object) -> tuple[str, str]:
    """The words of a part and its type, empty for plain words."""
    if isinstance(part, str):
        return part, ""
    if not isinstance(part, dict):
        return "", ""
    words, kind = part.get("text"), part.get("type")
    return words if isinstance(words, str) else "", kind if isinstance(kind, str) else ""


def subject_of(message: dict[str, Any], text: str) -> str:
    """The content type, one of record.CONTENTS."""
    media = message.get("media_type")
    if isinstance(media, str) and media in _BY_MEDIA:
        return _BY_MEDIA[media]
    for field, subject in _BY_FIELD:
        if field in message:
            return _of_file(message) if field == "file" else subject
    return "text" if text else "other"


def _of_file(message: dict[str, Any]) -> str:
    mime = message.get("mime_type")
    return "image" if isinstance(mime, str) and mime.startswith("image/") else "file"


def meta_of(message: dict[str, Any]) -> dict[str, object] | None:
    """What a message refers to and what became of it; None when there is nothing to tell."""
    meta: dict[str, object] = {ours: str(message[theirs]) for theirs, ours in _KEPT if message.get(theirs)}
    if message.get("edited") or message.get("edited_unixtime"):
        meta["edited"] = True
    reactions = message.get("reactions")
    if isinstance(reactions, list):
        meta["reactions"] = sum(_count(each) for each in reactions)
    return meta or None


def _count(reaction: object) -> int:
    count = reaction.get("count") if isinstance(reaction, dict) else 0
    return count if isinstance(count, int) else 0
