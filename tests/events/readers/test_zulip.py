"""Zulip: server exports with their realm, the API's answers, zulip-archive's topics."""

import json
from datetime import UTC, datetime

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.zulip import READERS, plain, read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import Record

REALM = {
    "zerver_userprofile": [
        {"id": 8, "full_name": "Mei", "is_bot": False},
        {"id": 9, "full_name": "Tom", "is_bot": False},
        {"id": 10, "full_name": "Deploy", "is_bot": True},
    ],
    "zerver_userprofile_mirrordummy": [{"id": 11, "full_name": "Gone", "is_bot": False}],
    "zerver_userprofile_crossrealm": [{"id": 1, "email": "notification-bot@zulip.example"}],
    "zerver_stream": [{"id": 5, "name": "tea"}],
    "zerver_recipient": [
        {"id": 21, "type": 2, "type_id": 5},
        {"id": 22, "type": 1, "type_id": 9},
        {"id": 23, "type": 1, "type_id": 8},
        {"id": 24, "type": 3, "type_id": 4},
    ],
}


def rows(data: object, name: str, **beside: object) -> list[Record | Problem]:
    file = file_of_bytes(name, json.dumps(data).encode())
    for path, content in beside.items():
        key = path.replace("__", ".")
        file.siblings[key] = file_of_bytes(key, json.dumps(content).encode())
    return list(read(file, ReadOptions()))


def exported(*messages: dict[str, object], realm: bool = True) -> list[Record | Problem]:
    base = {"id": 101, "sender": 8, "recipient": 21, "subject": "green", "content": "x", "date_sent": 1614615399.25}
    beside = {"realm__json": REALM} if realm else {}
    return rows({"zerver_message": [{**base, **each} for each in messages]}, "messages-000001.json", **beside)


def one(message: dict[str, object]) -> Record:
    (row,) = exported(message)
    assert isinstance(row, Record)
    return row


def answered(**changes: object) -> Record:
    message = {
        "id": 7, "sender_id": 8, "sender_full_name": "Mei", "sender_email": "mei@h.example", "type": "stream",
        "stream_id": 5, "display_recipient": "tea", "subject": "green", "timestamp": 1614615399,
        "content": "<p>hello <strong>all</strong> &amp; you</p>", "content_type": "text/html", **changes,
    }  # fmt: skip
    (row,) = rows({"result": "success", "msg": "", "messages": [message]}, "messages.json")
    assert isinstance(row, Record)
    return row


def test_a_message_of_a_server_export() -> None:
    assert one({}) == Record(
        "message", datetime(2021, 3, 1, 16, 16, 39, 250000, tzinfo=UTC), "5", "tea", "8", "Mei", "x", "101", "text",
        meta={"topic": "green"}, line=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "name", "bot"), [(9, "Tom", False), (10, "Deploy", True), (11, "Gone", False), (99, "99", False)]
)
def test_people_of_the_realm(sender: int, name: str, bot: bool) -> None:
    found = one({"sender": sender})
    assert (found.author_id, found.author_name, found.bot) == (str(sender), name, bot)
    assert one({"sender": 1}).bot


def test_direct_messages_of_both_directions_are_one_place() -> None:
    there, back = one({"sender": 8, "recipient": 22}), one({"sender": 9, "recipient": 23})
    assert (
        (there.community, there.community_name) == (back.community, back.community_name) == ("direct:8,9", "Mei, Tom")
    )
    assert one({"recipient": 24}).community == "group:4"
    assert one({"recipient": 99}).community == "recipient:99"


def test_without_the_realm_numbers_are_the_names() -> None:
    (found,) = exported({}, realm=False)
    assert isinstance(found, Record)
    assert (found.community, found.author_name) == ("recipient:21", "8")


def test_older_exports_call_the_time_pub_date() -> None:
    assert one({"date_sent": None, "pub_date": 1614615399.25}).occurred_at.year == 2021


@pytest.mark.parametrize(
    ("content", "kind", "text", "subject"),
    [
        ("/me bows", "action", "bows", "text"),
        ("[cup.PNG](/user_uploads/2/ab/cup.PNG)", "message", "[cup.PNG](/user_uploads/2/ab/cup.PNG)", "image"),
        ("[a](/user_uploads/2/ab/a.pdf) x", "message", "[a](/user_uploads/2/ab/a.pdf) x", "file"),
        ("/poll tea?", "message", "/poll tea?", "poll"),
        ("https://h.example/", "message", "https://h.example/", "link"),
    ],
)
def test_contents(content: str, kind: str, text: str, subject: str) -> None:
    found = one({"content": content})
    assert (found.kind, found.text, found.subject) == (kind, text, subject)


def test_bad_entries_are_told() -> None:
    found = exported({"date_sent": "soon"}, {"date_sent": True}, {"date_sent": 1e300})
    assert [(row.code, row.line) for row in found if isinstance(row, Problem)] == [("bad_time", n) for n in (1, 2, 3)]
    found = rows({"zerver_message": [5]}, "messages-000001.json")
    assert [row.code for row in found if isinstance(row, Problem)] == ["not_a_record"]


def test_a_cut_file_gives_what_stands_before_the_cut() -> None:
    data = READERS[0].example.data
    found = list(read(file_of_bytes("messages-000001.json", data[: data.index(b"103")]), ReadOptions()))
    assert [row.kind for row in found if isinstance(row, Record)] == ["message", "action"]
    assert [row.code for row in found if isinstance(row, Problem)] == ["truncated"]


def test_an_answer_of_the_api() -> None:
    found = answered(reactions=[{"emoji_name": "tea"}, {"emoji_name": "tea"}], last_edit_timestamp=1614615400)
    assert (found.community, found.community_name, found.author_id) == ("5", "tea", "8")
    assert (found.kind, found.text, found.message_id) == ("message", "hello all & you", "7")
    assert found.meta == {"topic": "green", "reactions": {"tea": 2}, "edited_at": "2021-03-01T16:16:40+00:00"}


def test_markdown_stays_and_system_bots_are_bots() -> None:
    assert answered(content="a < b", content_type="text/x-markdown").text == "a < b"
    assert answered(sender_email="notification-bot@zulip.example").bot
    assert answered(content="<p>/me bows</p>", is_me_message=True).kind == "action"


def test_a_direct_message_of_the_api() -> None:
    people = [{"id": 10, "full_name": "Tom"}, {"id": 9, "full_name": "Mei"}]
    found = answered(type="private", display_recipient=people, stream_id=None)
    assert (found.community, found.community_name) == ("direct:9,10", "Mei, Tom")


def test_a_topic_of_zulip_archive() -> None:
    messages = [{"content": "<p>one</p>\n<p>two</p>", "id": 3, "sender_full_name": "Mei", "timestamp": 1614615399}]
    index = {"time": 1.5, "streams": {"Tea & Cake": {"id": 12, "latest_id": 3, "topic_data": {}}}}
    name = "json/12-Tea-&-Cake/green.20tea.2E.json"
    (found,) = rows(messages, name, **{"json/stream_index__json": index})
    assert isinstance(found, Record)
    assert (found.community, found.community_name) == ("12", "Tea & Cake")
    assert (found.author_id, found.author_name, found.text) == ("", "Mei", "one\ntwo")
    assert found.meta == {"topic": "green tea."}
    (alone,) = rows(messages, name)
    assert isinstance(alone, Record)
    assert alone.community_name == "Tea & Cake"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("messages-000001.json", {"zerver_message": [], "zerver_usermessage": []}),
        ("x.json", {"result": "success", "messages": [{"sender_id": 8, "display_recipient": "tea"}]}),
        ("12-tea/green.json", [{"content": "x", "id": 3, "sender_full_name": "Mei", "timestamp": 1}]),
    ],
)
def test_all_three_are_recognised(name: str, data: object) -> None:
    assert recognise(file_of_bytes(name, json.dumps(data).encode()), ReadOptions()) is READERS[0]


def test_rendered_text() -> None:
    assert plain("<ul>\n<li>a</li>\n<li>b<br>\nc</li>\n</ul>") == "a\nb\nc"
    assert plain('<p>hi <img class="emoji" alt=":tea:" src="x"></p>') == "hi :tea:"
    assert plain("plain") == "plain"
