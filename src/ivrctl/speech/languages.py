"""The languages whose values we can say; one that is missing can still be spoken in fixed words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ivrctl.errors import ConfigurationError
from ivrctl.speech.en import English
from ivrctl.speech.tongue import Tongue
from ivrctl.speech.zh import Chinese

TONGUES: Mapping[str, Tongue] = MappingProxyType({"en": English(), "zh": Chinese()})
"""By primary language subtag: ``zh`` also serves ``zh-CN``."""


def find_tongue(language: str) -> Tongue | None:
    """The tongue of a language as the site names it, or None."""
    return TONGUES.get(language.replace("_", "-").partition("-")[0].lower())


def tongue_of(language: str) -> Tongue:
    """The tongue of a language in which values are to be said.

    Raises:
        ConfigurationError: there is none.
    """
    tongue = find_tongue(language)
    if tongue is None:
        known = ", ".join(sorted(TONGUES))
        raise ConfigurationError(
            f'values cannot be spoken in "{language}"',
            advice=f"languages with spoken values: {known}; in others, prompts are fixed words",
        )
    return tongue


def tongue_for_money(language: str, currency: str) -> Tongue:
    """The tongue of a language that can name a currency.

    Raises:
        ConfigurationError: no such language, or a currency whose units it does not know.
    """
    tongue = tongue_of(language)
    if currency not in tongue.currencies:
        known = ", ".join(sorted(tongue.currencies))
        raise ConfigurationError(f'amounts in "{currency}" cannot be spoken', advice=f"currencies: {known}")
    return tongue
