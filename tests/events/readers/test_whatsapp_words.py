"""The words WhatsApp itself writes into an export: who came and went, what stands for pictures and deleted messages."""

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.readers import whatsapp
from qunyu.events.reading import ReadOptions
from qunyu.events.record import Record

LRM = "\u200e"


def records(text: str) -> list[Record]:
    file = file_of_bytes("WhatsApp Chat with Tea lovers.txt", text.encode())
    return [row for row in whatsapp.read(file, ReadOptions()) if isinstance(row, Record)]


def moved(text: str) -> list[tuple[str, str, str]]:
    return [(row.kind, row.author_name, row.other_name) for row in records(text)]


SENTENCES: dict[str, list[tuple[str, str, str]]] = {
    "Bob joined using this group's invite link": [("joined", "Bob", "")],
    "Bob joined using a group link.": [("joined", "Bob", "")],
    "~\u202fCarla joined": [("joined", "Carla", "")],
    "\u202a+86 138 0013 8000\u202c left": [("left", "+86 138 0013 8000", "")],
    "Ann added Bob": [("joined", "Bob", "Ann")],
    "Ann added Bob, Carl and Dora": [("joined", "Bob", "Ann"), ("joined", "Carl", "Ann"), ("joined", "Dora", "Ann")],
    "You added Bob": [("joined", "Bob", "")],
    "Bob was added": [("joined", "Bob", "")],
    "Ann added you": [("notice", "", "Ann")],
    "Bob left": [("left", "Bob", "")],
    "Ann removed Bob": [("left", "Bob", "Ann")],
    "Bob was removed": [("left", "Bob", "")],
    "You left": [("notice", "", "")],
    "Ann left a voice message": [("notice", "", "")],
    'Ann added this group to the community "Town"': [("notice", "", "")],
    "+34 600 000 000 changed to +34 611 111 111": [("renamed", "+34 600 000 000", "+34 611 111 111")],
    "Bob changed their phone number to a new number. Tap to message or add the new number.": [("notice", "Bob", "")],
    'Ann created group "Party: 2024"': [("notice", "Ann", "")],
    'Ann changed the subject from "A" to "B: C"': [("notice", "Ann", "")],
    "Ann hat Bob hinzugefügt.": [("joined", "Bob", "Ann")],
    "Bob wurde hinzugefügt.": [("joined", "Bob", "")],
    "Bob ist dieser Gruppe über den Einladungslink beigetreten.": [("joined", "Bob", "")],
    "Bob hat die Gruppe verlassen.": [("left", "Bob", "")],
    "Ann hat Bob entfernt.": [("left", "Bob", "Ann")],
    "Ann hat die Gruppe „Tee“ erstellt.": [("notice", "Ann", "")],
    "Ann hat den Betreff von „A“ zu „B“ geändert.": [("notice", "Ann", "")],
    "Ann hat die Telefonnummer gewechselt. Tippe, um ihr zu schreiben.": [("notice", "Ann", "")],
    "Bob se unió usando el enlace de invitación de este grupo": [("joined", "Bob", "")],
    "Ann añadió a Bob, a Carla y a Dani": [
        ("joined", "Bob", "Ann"),
        ("joined", "Carla", "Ann"),
        ("joined", "Dani", "Ann"),
    ],
    "Añadiste a Bob": [("joined", "Bob", "")],
    "Ann te añadió": [("notice", "", "Ann")],
    "Bob salió del grupo": [("left", "Bob", "")],
    "Ann eliminó a Bob": [("left", "Bob", "Ann")],
    "Eliminaste a Bob": [("left", "Bob", "")],
    'Ann creó el grupo "Viaje"': [("notice", "Ann", "")],
    'Ann cambió el asunto de "A" a "B"': [("notice", "Ann", "")],
    "小明使用此群组的邀请链接加入了群组": [("joined", "小明", "")],
    "小明 已通过群邀请链接加入": [("joined", "小明", "")],
    "小明 加入了群组": [("joined", "小明", "")],
    "小红添加了小明": [("joined", "小明", "小红")],
    "小红 已添加 小明、小刚 和 小李": [
        ("joined", "小明", "小红"),
        ("joined", "小刚", "小红"),
        ("joined", "小李", "小红"),
    ],
    "小红 添加了您": [("notice", "", "小红")],
    "小明离开了": [("left", "小明", "")],
    "小明 退出了群组": [("left", "小明", "")],
    "小红移除了小明": [("left", "小明", "小红")],
    "小红将小明移出群组": [("left", "小明", "小红")],
    "小红创建了群组“茶友会”": [("notice", "小红", "")],
    "小红将群组名称从“甲”更改为“乙”": [("notice", "小红", "")],
    "小红更改了手机号码": [("notice", "小红", "")],
    "消息和通话都进行端到端加密。对话之外的任何人，甚至包含 WhatsApp，都无法读取或收听。": [("notice", "", "")],
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_of_the_app_on_android(sentence: str) -> None:
    assert moved(f"30/01/2020, 10:00 - {sentence}\n") == SENTENCES[sentence]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_of_the_app_on_an_iphone_stand_behind_a_name_and_a_mark(sentence: str) -> None:
    assert moved(f"[30/01/2020, 10:00:00] Tea lovers: {LRM}{sentence}\n") == SENTENCES[sentence]


def test_titles_of_groups_are_kept() -> None:
    created, renamed = records(
        '30/01/2020, 10:00 - Ann created group "Party: 2024"\n30/01/2020, 10:00 - Ann changed the subject to “Tea”\n'
    )
    assert created.meta == {"event": "created", "title": "Party: 2024"}
    assert renamed.meta == {"event": "group_renamed", "title": "Tea"}
    assert renamed.text == "Ann changed the subject to “Tea”"


def test_people_who_only_talk_of_it_stay_authors() -> None:
    text = (
        "30/01/2020, 10:00 - Ann: Bob was added\n30/01/2020, 10:01 - Tom: I left\n"
        "30/01/2020, 10:02 - Ann: you removed Bob\n"
    )
    assert moved(text) == [("message", "Ann", ""), ("message", "Tom", ""), ("message", "Ann", "")]


CONTENT: dict[str, tuple[str, str, dict[str, object] | None]] = {
    "<Media omitted>": ("other", "", {"omitted": True}),
    "<Medien ausgeschlossen>": ("other", "", {"omitted": True}),
    "<省略多媒体文件>": ("other", "", {"omitted": True}),
    f"{LRM}image omitted": ("image", "", {"omitted": True}),
    "image omitted": ("image", "", {"omitted": True}),
    f"{LRM}图像已忽略": ("image", "", {"omitted": True}),
    f"{LRM}GIF 动态图已被忽略": ("image", "", {"omitted": True}),
    f"{LRM}视频已忽略": ("video", "", {"omitted": True}),
    f"{LRM}audio omitted": ("voice", "", {"omitted": True}),
    f"{LRM}sticker omitted": ("sticker", "", {"omitted": True}),
    f"{LRM}Sticker weggelassen": ("sticker", "", {"omitted": True}),
    f"{LRM}贴图已忽略": ("sticker", "", {"omitted": True}),
    f"{LRM}Contact card omitted": ("contact", "", {"omitted": True}),
    f"menu.pdf • {LRM}2 pages {LRM}document omitted": ("file", "", {"file": "menu.pdf", "omitted": True}),
    "menu.pdf • 2 pages document omitted": ("text", "menu.pdf • 2 pages document omitted", None),
    f"{LRM}<附件：00000012-PHOTO-2023-01-01-10-00-00.jpg>": (
        "image",
        "",
        {"file": "00000012-PHOTO-2023-01-01-10-00-00.jpg"},
    ),
    f"look {LRM}<attached: 00000013-VIDEO-2023.mp4>": ("video", "look", {"file": "00000013-VIDEO-2023.mp4"}),
    f"{LRM}<adjunto: 00000014-STICKER-2023.webp>": ("sticker", "", {"file": "00000014-STICKER-2023.webp"}),
    "PTT-20230101-WA0001.opus (file attached)": ("voice", "", {"file": "PTT-20230101-WA0001.opus"}),
    "菜单.pdf (文件附件)": ("file", "", {"file": "菜单.pdf"}),
    "Lin.vcf (Datei angehängt)": ("contact", "", {"file": "Lin.vcf"}),
    "This message was deleted": ("other", "", {"deleted": True}),
    f"{LRM}This message was deleted.": ("other", "", {"deleted": True}),
    "此消息已删除": ("other", "", {"deleted": True}),
    f"{LRM}这条消息已删除。": ("other", "", {"deleted": True}),
    "Diese Nachricht wurde gelöscht.": ("other", "", {"deleted": True}),
    "see you at 6 <This message was edited>": ("text", "see you at 6", {"edited": True}),
    f"六点见{LRM}<这条消息已经过编辑>": ("text", "六点见", {"edited": True}),
    "location: https://maps.google.com/?q=31.2,121.4": (
        "location",
        "location: https://maps.google.com/?q=31.2,121.4",
        None,
    ),
    f"{LRM}Missed voice call": ("call", "Missed voice call", None),
    f"{LRM}obraz pominięty": ("other", "obraz pominięty", None),
    "look at https://example.org (nice)": ("text", "look at https://example.org (nice)", None),
    "a < b :)": ("text", "a < b :)", None),
}


@pytest.mark.parametrize("text", CONTENT)
def test_contents(text: str) -> None:
    first, second = records(f"30/01/2020, 10:00 - A: hello\n30/01/2020, 10:01 - A: {text}\n")
    assert first.text == "hello"
    assert (second.kind, second.author_name) == ("message", "A")
    assert (second.subject, second.text, second.meta) == CONTENT[text]


def test_captions_polls_and_edits_over_several_lines() -> None:
    media, poll, edited = records(
        "30/01/2020, 10:00 - A: <Media omitted>\nour tea\n"
        "30/01/2020, 10:01 - A: POLL:\nGreen or black?\nOPTION: Green (2 votes)\n"
        "30/01/2020, 10:02 - A: one\ntwo <This message was edited>\n\n"
    )
    assert (media.subject, media.text) == ("other", "our tea")
    assert (poll.subject, poll.text) == ("poll", "Green or black?\nOPTION: Green (2 votes)")
    assert (edited.subject, edited.text, edited.meta) == ("text", "one\ntwo", {"edited": True})
