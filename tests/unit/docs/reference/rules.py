"""The rules of findings, each with its page: what it is for, an example that breaks it, and the same put right."""

from __future__ import annotations

from ivrctl.cli.rules import every_rule
from ivrctl.lang.rule import Rule, Shown, visible

from .markdown import fenced, section, table
from .markdown import page as page_of

_ABOVE = """
A finding has a place, a sentence, an advice and a rule. `ivrctl check` and `ivrctl doctor` show all of them in one
run; an *error* makes a site unusable, a *warning* does not. The ids never change their meaning: scripts may rely on
them. `ivrctl explain IVR101` shows one rule in the terminal.

Below each rule stand what it is for, an example that breaks it, and the same put right. Findings may differ in their
sentence, since a rule covers all mistakes of a kind.
"""


def page() -> str:
    """The page."""
    rules = every_rule().values()
    index = [(f"[{rule.id}](#{rule.id.lower()})", str(rule.severity), rule.title) for rule in rules]
    return page_of("Rules", _ABOVE, table(("rule", "", "about"), index), *map(_rule, rules))


def _rule(rule: Rule) -> str:
    title = rule.title[0].upper() + rule.title[1:] + "."
    return section(
        rule.id, title, _plain(rule.why), _example("Wrong", rule, rule.bad), _example("Right", rule, rule.good)
    )


def _example(word: str, rule: Rule, example: str) -> str:
    """An example under what it is; a file that is not there is said so."""
    if not example:
        return f"{word}: there is none."
    language = {Shown.PBX: "ini", Shown.RECORDINGS: "text"}.get(rule.shown, "yaml")
    return f"{word}, {rule.shown.value}:\n\n" + fenced(f"{language} of a rule", visible(example))


def _plain(text: str) -> str:
    """Prose in which nothing is taken for an HTML tag."""
    return text.replace("<", "&lt;").replace(">", "&gt;")
