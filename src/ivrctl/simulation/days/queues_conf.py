"""How Asterisk's ``queues.conf`` sets its queues, as far as a simulation knows it.

Asterisk's own form: ``[name](template)`` begins a section, ``(!)`` marks one that is only a template, a semicolon
begins a comment, and of a key that stands twice the last counts. What a value that is none means is app_queue's
(``queue_set_param`` and ``parse_empty_options`` of Asterisk 22). Files that are included are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivrctl.simulation.day import QueueModel, Strategy

GENERAL = "general"
"""The section of the whole module: no queue."""
RINGS_ON = 3600.0
"""Seconds that stand for a phone that rings without end, as ``timeout = 0`` has it."""
_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]\s*(?:\((?P<options>[^)]*)\))?")
_BLOCK = re.compile(r";--.*?--;", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\);.*")
_NUMBER = re.compile(r"\s*([+-]?[0-9]+)")
_FORMER = {"roundrobin": Strategy.RRMEMORY}
"""Names of strategies that Asterisk takes for others."""


def read_queues_conf(text: str) -> Mapping[str, QueueModel]:
    """The queues of a file, by name, in its order."""
    sections: dict[str, dict[str, str]] = {}
    templates = {GENERAL}
    keys: dict[str, str] = {}
    for line in _lines(text):
        begun = _SECTION.fullmatch(line)
        if begun is not None:
            options = [option.strip() for option in (begun["options"] or "").split(",")]
            name = begun["name"].strip()
            keys = sections.get(name, {}) if "+" in options else {}
            sections[name] = keys
            for option in options:
                keys.update(sections.get(option, {}))
            if "!" in options:
                templates.add(name)
            continue
        key, sign, value = line.partition("=")
        if sign:
            keys[key.strip().lower()] = value.removeprefix(">").strip()
    return {name: _model(name, own) for name, own in sections.items() if name not in templates}


def _lines(text: str) -> Iterator[str]:
    for line in _BLOCK.sub("", text).splitlines():
        if stripped := _COMMENT.sub("", line).strip():
            yield stripped


def _model(name: str, keys: Mapping[str, str]) -> QueueModel:
    plain = QueueModel(name)
    timeout = _number(keys.get("timeout"), int(plain.ring_for))
    retry = _number(keys.get("retry"), int(plain.retry))
    return QueueModel(
        name=name,
        strategy=_strategy(keys.get("strategy")),
        ring_for=RINGS_ON if timeout == 0 else float(timeout) if timeout > 0 else plain.ring_for,
        retry=float(retry) if retry > 0 else plain.retry,
        wrap_up=float(max(0, _number(keys.get("wrapuptime"), 0))),
        limit=max(0, _number(keys.get("maxlen"), 0)),
        weight=_number(keys.get("weight"), 0),
        join_empty=keys.get("joinempty", "yes").lower() in _YES,
        leave_when_empty=keys.get("leavewhenempty", "no").lower() not in _NO,
    )


_YES = {"yes", "true", "y", "t", "1", "on"}
_NO = {"no", "false", "n", "f", "0", "off"}


def _strategy(text: str | None) -> Strategy:
    """One that Asterisk does not know is ringall."""
    word = (text or "").lower()
    return _FORMER.get(word) or (Strategy(word) if word in set(Strategy) else Strategy.RINGALL)


def _number(text: str | None, otherwise: int) -> int:
    """As ``atoi`` reads it: what begins with no number is 0."""
    if text is None:
        return otherwise
    found = _NUMBER.match(text)
    return int(found[1]) if found else 0
