"""``language``: ask in which language to go on, each language in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from ivrctl.flow import keys
from ivrctl.flow.action import GOOD, Done, Kind, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.scope import FlowCheck
from ivrctl.flow.targets import Target
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Word
from ivrctl.site.site_file import KEY
from ivrctl.site.text import Text


@register
@dataclass(frozen=True, slots=True)
class Language(Kind):
    """Ask once, in each language in its own words.

    A caller who does not choose hears the language of his line, or the site's default; another key than those counts
    for the next input.
    """

    name: ClassVar[str] = "language"
    changes_call: ClassVar[bool] = True
    is_input: ClassVar[bool] = True
    keys: Mapping[Word, Annotated[Word, NameOf("languages")]]
    """Key to language."""
    ask: Text
    """The question; each language says its own."""

    def run(self, call: Call) -> Running:
        """Say the question in every language and take one key."""
        said = tuple(self.ask.say(language, call) for language in dict.fromkeys(self.keys.values()))
        key = yield from keys.first_key(call, call.site.keying.first_digit, *said)
        chosen = None if key is None else self.keys.get(Word(key))
        if chosen is not None:
            call.language = str(chosen)
            call.is_language_known = True
            return Done(exit=f"key_{key}")
        if key is not None:
            keys.put_back(call, key)
        return Done()

    def exits(self) -> Mapping[str, Target | None]:
        """A language was chosen by its key, or none was."""
        return {**{f"key_{key}": None for key in self.keys}, GOOD: None}

    def check(self, check: FlowCheck) -> None:
        """Report keys that no telephone has, languages that the site has not, and an incomplete question."""
        if not self.keys:
            check.error("IVR120", "a choice of languages has at least one key", 'such as keys: {"1": zh}')
        for key, language in self.keys.items():
            if not KEY.match(key):
                check.findings.error("IVR121", key.span, f'"{key}" is no key of a telephone', "one of 0-9 * #")
            if language not in check.site.languages:
                message = f'the site has no language "{language}"'
                check.findings.error("IVR201", language.span, message, did_you_mean(language, check.site.languages))
        check.text(self.ask)

    def texts(self) -> tuple[Text, ...]:
        """The question."""
        return (self.ask,)
