"""The site that ``ivrctl init`` writes: the files beside this module, in the languages that are wanted.

Every text stands in them in all languages, one in each line. ``render`` keeps the wanted ones; a text that is left with
one language is written as a plain string, as a person would in a site of one language. A line marked ``#several`` is
for sites of several languages only, and ``@@NAME@@`` is a place to fill in, as in the configuration of Asterisk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

SQL = "orders.sql"
"""What the site's database is made from."""
DATABASE = "orders.sqlite"

_TEMPLATES: Mapping[str, str] = {
    "ivrctl.yaml": "ivrctl.yaml",
    "reception.ivr.yaml": "reception.ivr.yaml",
    "order-status.ivr.yaml": "order-status.ivr.yaml",
    "reception.scenario.yaml": "reception.scenario.yaml",
    SQL: SQL,
    "README.md": "README.md",
    # Under its own name it would hide files of ours from git.
    ".gitignore": "gitignore",
}
"""The files of a site, and which of ours each is made from."""

_SEVERAL = re.compile(r"\s*#several$")
_TEXT = re.compile(r"\s*(?P<language>en|zh): (?P<text>.*)")
_PLACE = re.compile(r"@@([A-Z_]+)@@")


@dataclass(frozen=True, slots=True)
class Place:
    """What goes with a language that is a site's first."""

    time_zone: str
    country: str
    currency: str
    caller: str
    """A number of this country."""
    key: str
    """The key that chooses this language in a site of several."""


PLACES: Mapping[str, Place] = {
    "en": Place("Europe/London", "GB", "GBP", "+447700900123", "2"),  # 07700 900xxx: kept free by Ofcom for examples
    "zh": Place("Asia/Shanghai", "CN", "CNY", "+8613800138000", "1"),
}
"""By language: those in which the new site can be written."""


def render(name: str, languages: Sequence[str]) -> Mapping[str, str]:
    """The files of a new site.

    Args:
        name: the site's.
        languages: one or more of ``PLACES``, the default one first.

    Returns:
        By file name, the text.
    """
    place = PLACES[languages[0]]
    values = {
        "SITE": name,
        "LANGUAGES": ", ".join(languages),
        "TIME_ZONE": place.time_zone,
        "COUNTRY": place.country,
        "CURRENCY": place.currency,
        "CALLER": place.caller,
        "KEY": place.key,
        "KEYS": keys(languages),
    }
    written = {}
    for file, ours in _TEMPLATES.items():
        template = files(__name__).joinpath(ours).read_text("utf-8").splitlines()
        # A scenario is one call, and a call speaks one language.
        spoken = languages[:1] if file.endswith(".scenario.yaml") else languages
        lines = _in_languages(_for_so_many(template, len(languages)), spoken)
        written[file] = _PLACE.sub(lambda place: values[place[1]], "\n".join(lines) + "\n")
    return written


def keys(languages: Sequence[str]) -> str:
    """The keys of a call that hears of an order, for ``--keys`` and ``--press``."""
    return f"{PLACES[languages[0]].key},1,1234#" if len(languages) > 1 else "1,1234#"


def _for_so_many(lines: Iterable[str], languages: int) -> Iterator[str]:
    """Without the lines that are for several languages, where there is one."""
    for line in lines:
        if languages > 1 or not _SEVERAL.search(line):
            yield _SEVERAL.sub("", line)


def _in_languages(lines: Iterable[str], languages: Sequence[str]) -> list[str]:
    """Keep the texts of these languages; the text of a single one is set behind its key."""
    kept: list[str] = []
    for line in lines:
        text = _TEXT.fullmatch(line)
        if text is None:
            kept.append(line)
        elif text["language"] in languages:
            kept.append(line if len(languages) > 1 else f"{kept.pop()} {text['text']}")
    return kept
