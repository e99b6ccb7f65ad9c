"""The exception tree.

Expected outcomes are values (a lookup that found nothing, a caller who hung up in a flow): exceptions are for what
cannot go on. Each says what is wrong, and what to do next in ``advice``::

    IvrctlError
    ├── ConfigurationError      the site or an option is unusable: exit code 2
    ├── UnreachableError        Asterisk or serve does not answer: exit code 5
    ├── MissingToolError        a program that the host must have: exit code 2, advice is the command that installs it
    └── BrokenStateError        the state folder holds something that ivrctl cannot have written
"""

from __future__ import annotations


class IvrctlError(Exception):
    """What every error of ivrctl has: a sentence, and the next thing to try."""

    exit_code = 1

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        """Keep the sentence in ``args`` and the advice beside it."""
        super().__init__(message)
        self.advice = advice


class ConfigurationError(IvrctlError):
    """The site, a file or an option cannot be used as it stands."""

    exit_code = 2


class UnreachableError(IvrctlError):
    """Asterisk, the controller or another peer does not answer."""

    exit_code = 5


class MissingToolError(IvrctlError):
    """The host lacks a program; ``advice`` is the command that installs it."""

    exit_code = 2


class BrokenStateError(IvrctlError):
    """The state folder holds something unreadable that is not simply the end of an interrupted write."""

    exit_code = 2
