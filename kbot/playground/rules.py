"""Small checks that Block Kit's rules are made of. Each notes what is wrong and where, and never raises."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    pointer: str
    message: str

    @property
    def field(self) -> str:
        return self.pointer.rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass
class Checker:
    problems: list[Problem] = field(default_factory=list)

    def fail(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))


Check = Callable[[Checker, object, str], None]


@dataclass(frozen=True)
class Field:
    check: Check
    required: bool = False


Fields = Mapping[str, Field]


def need(check: Check) -> Field:
    return Field(check, required=True)


def may(check: Check) -> Field:
    return Field(check)


def fields(checker: Checker, value: object, at: str, known: Fields) -> bool:
    """Checks an object's fields; unknown ones are refused as Slack refuses them. True if it is an object."""
    if not isinstance(value, dict):
        checker.fail(at, "must be an object")
        return False
    for name, rule in known.items():
        if value.get(name) is None:
            if rule.required:
                checker.fail(at, f"missing required field: {name}")
        else:
            rule.check(checker, value[name], f"{at}/{name}")
    for name in value:
        if name not in known:
            checker.fail(at, f"invalid additional property: {name}")
    return True


def obj(known: Fields) -> Check:
    def check(checker: Checker, value: object, at: str) -> None:
        fields(checker, value, at, known)

    return check


def string(most: int, least: int = 1, pattern: str | None = None) -> Check:
    def check(checker: Checker, value: object, at: str) -> None:
        if not isinstance(value, str):
            checker.fail(at, "must be a string")
        elif len(value) > most:
            checker.fail(at, f"no more than {most} characters allowed")
        elif len(value) < least:
            checker.fail(at, f"must be at least {least} characters")
        elif pattern is not None and not re.fullmatch(pattern, value):
            checker.fail(at, "does not match the allowed pattern")

    return check


def whole(least: int, most: int) -> Check:
    def check(checker: Checker, value: object, at: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            checker.fail(at, "must be an integer")
        elif not least <= value <= most:
            checker.fail(at, f"must be between {least} and {most}")

    return check


def boolean(checker: Checker, value: object, at: str) -> None:
    if not isinstance(value, bool):
        checker.fail(at, "must be a boolean")


def anything(checker: Checker, value: object, at: str) -> None:
    """Not checked further: kbot does not use it."""


def word(*allowed: str) -> Check:
    def check(checker: Checker, value: object, at: str) -> None:
        if value not in allowed:
            checker.fail(at, f"must be one of {', '.join(allowed)}")

    return check


def items(each: Check, least: int, most: int) -> Check:
    def check(checker: Checker, value: object, at: str) -> None:
        if not isinstance(value, list):
            checker.fail(at, "must be an array")
            return
        if len(value) < least:
            checker.fail(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            checker.fail(at, f"no more than {most} items allowed")
        for number, item in enumerate(value):
            each(checker, item, f"{at}/{number}")

    return check


_PLAIN: Fields = {"type": need(word("plain_text")), "text": need(string(40_000)), "emoji": may(boolean)}
_MRKDWN: Fields = {"type": need(word("mrkdwn")), "text": need(string(40_000)), "verbatim": may(boolean)}


def text(most: int, mrkdwn: bool = True) -> Check:
    """A text object. `mrkdwn`: whether that kind is allowed beside plain_text."""

    def check(checker: Checker, value: object, at: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict) or kind not in ("plain_text", *(["mrkdwn"] if mrkdwn else [])):
            checker.fail(f"{at}/type", f"unsupported type of text: {kind}")
            return
        if fields(checker, value, at, _PLAIN if kind == "plain_text" else _MRKDWN):
            content = value.get("text")
            if isinstance(content, str) and len(content) > most:
                checker.fail(f"{at}/text", f"no more than {most} characters allowed")

    return check


def plain(most: int) -> Check:
    return text(most, mrkdwn=False)


def typed(kinds: Mapping[str, Fields], allowed: frozenset[str] | None = None) -> Check:
    """An object whose `type` says which fields it has."""

    def check(checker: Checker, value: object, at: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds or (allowed is not None and kind not in allowed):
            checker.fail(f"{at}/type", f"unsupported type: {kind}")
            return
        fields(checker, value, at, kinds[kind])

    return check
