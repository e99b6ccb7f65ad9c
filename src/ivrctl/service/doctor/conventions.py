"""Which file a line belongs to: in a plain Asterisk its own, in FreePBX one of the custom files.

FreePBX writes its configuration anew from its database; what an administrator adds stands in ``*_custom*.conf``, which
the written files include and FreePBX never touches.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ivrctl.service.doctor.finding import Paste


@dataclass(frozen=True, slots=True)
class Conventions:
    """The files of one kind of PBX."""

    name: str
    manager: str
    globals: str
    globals_section: str | None
    """None where the file is included within the section."""
    extensions: str
    queues_general: str
    queues_general_section: str | None
    queues: str
    logger: str
    logger_section: str | None
    endpoints: str
    added_section: str
    """How a queue or an endpoint that stands elsewhere is added to; ``{}`` is its name."""

    def in_manager(self, user: str, *lines: str) -> Paste:
        """Lines for an AMI user."""
        return Paste(self.manager, lines, user)

    def in_globals(self, *lines: str) -> Paste:
        """Lines among the dialplan's global variables."""
        return Paste(self.globals, lines, self.globals_section)

    def in_queue(self, name: str, *lines: str) -> Paste:
        """Lines for one queue."""
        return Paste(self.queues, (self.added_section.format(name), *lines))

    def in_endpoint(self, name: str, *lines: str) -> Paste:
        """Lines for one PJSIP endpoint."""
        return Paste(self.endpoints, (self.added_section.format(name), *lines))

    def in_queues_general(self, *lines: str) -> Paste:
        """Lines for all queues."""
        return Paste(self.queues_general, lines, self.queues_general_section)

    def in_logger(self, *lines: str) -> Paste:
        """Lines that say what is logged where."""
        return Paste(self.logger, lines, self.logger_section)


PLAIN = Conventions(
    name="Asterisk",
    manager="manager.conf",
    globals="extensions.conf",
    globals_section="globals",
    extensions="extensions.conf",
    queues_general="queues.conf",
    queues_general_section="general",
    queues="queues.conf",
    logger="logger.conf",
    logger_section="logfiles",
    endpoints="pjsip.conf",
    added_section="[{}]",
)

FREEPBX = Conventions(
    name="FreePBX",
    manager="manager_custom.conf",
    globals="globals_custom.conf",
    globals_section=None,
    extensions="extensions_custom.conf",
    queues_general="queues_custom_general.conf",
    queues_general_section=None,
    queues="queues_post_custom.conf",
    logger="logger_logfiles_custom.conf",
    logger_section=None,
    endpoints="pjsip.endpoint_custom_post.conf",
    added_section="[{}](+)",
)

FREEPBX_CONTEXTS = ("from-internal", "ext-local", "from-queue")
"""Contexts that FreePBX writes, and that nobody else has all of."""


def conventions_of(contexts: Collection[str]) -> Conventions:
    """Whose files these are, by the contexts of the dialplan."""
    return FREEPBX if set(FREEPBX_CONTEXTS) <= set(contexts) else PLAIN
