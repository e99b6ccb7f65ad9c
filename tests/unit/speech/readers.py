"""Readers of spoken values that share nothing with what writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

CHINESE_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}


def read_chinese(words: str) -> int:
    """Value of Chinese number words: the largest unit splits them, what is before it multiplies."""
    for name, unit in (("亿", 10**8), ("万", 10**4)):
        before, found, after = words.rpartition(name)
        if found:
            return read_chinese(before) * unit + (read_chinese(after) if after else 0)
    total, digit = 0, None
    for character in words:
        if character in CHINESE_UNITS:
            total += (1 if digit is None else digit) * CHINESE_UNITS[character]
            digit = None
        else:
            digit = CHINESE_DIGITS[character]
            digit = None if digit == 0 and words != "零" else digit
    return total + (digit or 0)


ENGLISH_SMALL = {
    **dict(
        zip(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], range(10), strict=True)
    ),
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
ENGLISH_GROUPS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def read_english(words: str) -> int:
    """Value of English number words."""
    total = group = 0
    for word in re.split(r"[ -]", words):
        if word == "hundred":
            group *= 100
        elif word in ENGLISH_GROUPS:
            total += group * ENGLISH_GROUPS[word]
            group = 0
        elif word != "and":
            group += ENGLISH_SMALL[word]
    return total + group


HOURS_ADDED = {"凌晨": 0, "上午": 0, "中午": 0, "下午": 12, "晚上": 12}
ENGLISH_ORDINALS = {
    "first": "one",
    "second": "two",
    "third": "three",
    "fifth": "five",
    "eighth": "eight",
    "ninth": "nine",
    "twelfth": "twelve",
}


def read_chinese_clock(words: str) -> tuple[int, int]:
    """Hour and minute of a time of day."""
    match = re.fullmatch(r"(..)(.+)点(?:(.+)分)?", words)
    assert match is not None, words
    part, hour, minute = match.groups()
    shown = read_chinese(hour)
    assert not (part == "中午" and shown != 12)
    return shown + HOURS_ADDED[part], read_chinese(minute) if minute else 0


def read_english_clock(words: str) -> tuple[int, int]:
    """Hour and minute of a time of day."""
    if words in {"midnight", "twelve noon"}:
        return (0 if words == "midnight" else 12), 0
    match = re.fullmatch(r"([a-z]+) (.+?) (in the morning|in the afternoon|in the evening|at night)", words)
    assert match is not None, words
    shown, minute = read_english(match[1]), match[2].removeprefix("oh ")
    after_noon = match[3] in {"in the afternoon", "in the evening"} or (match[3] == "at night" and shown != 12)
    hour = shown % 12 + (12 if after_noon else 0)
    return hour, 0 if minute == "o'clock" else read_english(minute)


def read_chinese_duration(words: str) -> timedelta:
    """The length of time."""
    names = {"天": 86400, "小时": 3600, "分钟": 60, "秒": 1}
    parts = re.findall(r"([零一二三四五六七八九十百千万亿两]+)(天|小时|分钟|秒)", words)
    total = sum(read_chinese(count) * names[unit] for count, unit in parts)
    return timedelta(seconds=-total if words.startswith("负") else total)


def read_english_duration(words: str) -> timedelta:
    """The length of time."""
    names = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}
    parts = re.findall(r"([a-z -]+?) (day|hour|minute|second)s?(?: and)?", words.removeprefix("minus "))
    total = sum(read_english(count.strip()) * names[unit] for count, unit in parts)
    return timedelta(seconds=-total if words.startswith("minus ") else total)


def read_chinese_ordinal(words: str) -> int:
    """Which one."""
    return read_chinese(words.removeprefix("第"))


def read_english_ordinal(words: str) -> int:
    """Which one: the last word back into its cardinal."""
    head, mark, last = re.fullmatch(r"(.*?)([ -]?)([a-z]+)", words).groups()  # type: ignore[union-attr]
    regular = f"{last[:-4]}y" if last.endswith("ieth") else last.removesuffix("th")
    return read_english(head + mark + ENGLISH_ORDINALS.get(last, regular))


CLOCKS: Mapping[str, Callable[[str], tuple[int, int]]] = {"zh": read_chinese_clock, "en": read_english_clock}
DURATIONS: Mapping[str, Callable[[str], timedelta]] = {"zh": read_chinese_duration, "en": read_english_duration}
ORDINALS: Mapping[str, Callable[[str], int]] = {"zh": read_chinese_ordinal, "en": read_english_ordinal}
