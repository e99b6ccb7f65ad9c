"""``ivrctl explain``."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence

from ivrctl.cli.rules import every_rule
from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.rule import Rule, visible

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""

WIDTH = 80
"""Of prose, in characters: the narrowest usual terminal. Examples are shown as they stand."""


def run(wanted: Sequence[str], *, as_json: bool) -> None:
    """Print the pages of rules by their ids; without any, a line for each rule.

    Raises:
        ConfigurationError: there is no such rule.
    """
    rules = [_rule(word) for word in wanted] or list(every_rule().values())
    if as_json:
        body = {"format_version": FORMAT_VERSION, "rules": [_object(rule) for rule in rules]}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    elif wanted:
        sys.stdout.write("\n".join(_page(rule) for rule in rules))
    else:
        sys.stdout.writelines(f"{_headline(rule)}\n" for rule in rules)


def _rule(word: str) -> Rule:
    """The rule of an id as somebody writes it, such as ``IVR101``, ``ivr101`` or ``[IVR101]``."""
    rules = every_rule()
    asked = word.strip("[]").upper()
    if asked not in rules:
        meant = did_you_mean(asked, rules)
        message = f'there is no rule "{word}"' + (f"; {meant}" if meant else "")
        raise ConfigurationError(message, advice="ivrctl explain")
    return rules[asked]


def _headline(rule: Rule) -> str:
    return f"{rule.id} {rule.severity}: {rule.title}"


def _page(rule: Rule) -> str:
    why = textwrap.fill(rule.why, WIDTH, break_long_words=False, break_on_hyphens=False)
    examples = (_example("Wrong", rule, rule.bad), _example("Right", rule, rule.good))
    return f"{_headline(rule)}\n\n{why}\n\n" + "\n".join(examples)


def _example(word: str, rule: Rule, example: str) -> str:
    if not example:
        return f"{word}: there is none.\n"
    return f"{word}, {rule.shown.value}:\n\n" + textwrap.indent(visible(example), "    ")


def _object(rule: Rule) -> dict[str, str]:
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "title": rule.title,
        "why": rule.why,
        "shown": rule.shown.name.lower(),
        "bad": rule.bad,
        "good": rule.good,
    }
