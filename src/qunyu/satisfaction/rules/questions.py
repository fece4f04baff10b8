"""Questions of a survey: a few, each of one kind; what may be answered, and what the answers score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.satisfaction.rules.scores import LIKELY, STARS, mean, of_likely, of_stars

KINDS: dict[str, Words] = {
    "stars": Words("打分（1–5 星）", "Stars, 1 to 5"),
    "likely": Words("推荐意愿（0–10 分）", "Would recommend, 0 to 10"),
    "choice": Words("单选", "One choice"),
    "text": Words("文字", "Words"),
}
MOST_QUESTIONS, MOST_OPTIONS, LONGEST_TITLE, LONGEST_OPTION, LONGEST_TEXT = 5, 8, 80, 30, 500
_RANGES = {"stars": (1, STARS), "likely": (0, LIKELY)}


@dataclass(frozen=True)
class Question:
    """One question; `options` are those of a choice."""

    kind: str
    title: str
    required: bool = True
    options: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "options": list(self.options)}

    @property
    def range(self) -> range:
        """The numbers one can choose from; empty where none are asked for."""
        low, high = _RANGES.get(self.kind, (0, -1))
        return range(low, high + 1)


def _bad(number: int, message: Words, **values: object) -> DomainError:
    lead = Words(f"第 {number} 题：", f"question {number}: ")
    words = message.fill(**values)
    return DomainError("bad_question", Words(lead.zh + words.zh, lead.en + words.en), field=f"question-{number}")


def from_json(given: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions, checked.

    Raises DomainError bad_questions (there are none, or too many) or bad_question, which names its number.
    """
    if not 1 <= len(given) <= MOST_QUESTIONS:
        message = Words(
            "问卷须有 1 至 {most} 题：短才有人答", "a survey has 1 to {most} questions: people answer short ones"
        )
        raise DomainError("bad_questions", message.fill(most=MOST_QUESTIONS), field="questions")
    return tuple(_one(number, each) for number, each in enumerate(given, 1))


def _one(number: int, given: Mapping[str, Any]) -> Question:
    kind, title = given.get("kind"), " ".join(str(given.get("title", "")).split())
    options = tuple(dict.fromkeys(str(each).strip() for each in given.get("options", ()) if str(each).strip()))
    if kind not in KINDS:
        raise _bad(number, Words("没有“{kind}”这种题型", "there is no kind “{kind}”"), kind=kind)
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise _bad(
            number, Words("题目须有 1 至 {most} 个字", "its text has 1 to {most} characters"), most=LONGEST_TITLE
        )
    if kind == "choice" and not 2 <= len(options) <= MOST_OPTIONS:
        raise _bad(
            number,
            Words("单选须有 2 至 {most} 个不同的选项", "a choice has 2 to {most} different options"),
            most=MOST_OPTIONS,
        )
    if any(len(each) > LONGEST_OPTION for each in options):
        raise _bad(
            number, Words("选项最多 {most} 个字", "an option has at most {most} characters"), most=LONGEST_OPTION
        )
    return Question(str(kind), title, bool(given.get("required", True)), options if kind == "choice" else ())


def answers(questions: Sequence[Question], given: Mapping[int, str]) -> tuple[dict[str, str | int], dict[int, Words]]:
    """What was answered, by the question's number from 1 as text, and what is wrong, by number; unanswered ones are left out."""
    found: dict[str, str | int] = {}
    wrong: dict[int, Words] = {}
    for number, question in enumerate(questions, 1):
        text = given.get(number, "").replace("\0", "").strip()
        problem = _problem(question, text)
        if problem:
            wrong[number] = problem
        elif text:
            found[str(number)] = int(text) if question.range else text
    return found, wrong


def _problem(question: Question, text: str) -> Words | None:
    if not text:
        return Words("请回答这一题", "please answer this one") if question.required else None
    if question.range and not (text.isascii() and text.isdecimal() and len(text) < 3 and int(text) in question.range):
        return Words("请选择一个分数", "choose one of the numbers")
    if question.kind == "choice" and text not in question.options:
        return Words("请选择一个选项", "choose one of the options")
    if len(text) > LONGEST_TEXT:
        return Words(f"最多 {LONGEST_TEXT} 个字", f"at most {LONGEST_TEXT} characters")
    return None


def score(questions: Sequence[Question], found: Mapping[str, str | int]) -> int | None:
    """The mean score of the answers that rate, 0 to 100; None where none does."""
    ways = {"stars": of_stars, "likely": of_likely}
    rated = [
        (ways[each.kind], found[str(number)])
        for number, each in enumerate(questions, 1)
        if each.kind in ways and str(number) in found
    ]
    return mean(way(int(answer)) for way, answer in rated)
