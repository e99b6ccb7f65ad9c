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
    """The files of one kind of PBX; those of ``ivrctl.d`` are ours in every one."""

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
    endpoint_section: str | None
    """How an endpoint that stands elsewhere is added to; ``{}`` is its name. None: it stands in that very file."""

    def in_globals(self, *lines: str) -> Paste:
        """Lines among the dialplan's global variables."""
        return Paste(self.globals, lines, self.globals_section)

    def in_queue(self, name: str, *lines: str) -> Paste:
        """Lines that one queue gets besides its own; ``(+)`` adds to a section that stands before."""
        return Paste(self.queues, (f"[{name}](+)", *lines))

    def in_endpoint(self, name: str, *lines: str) -> Paste:
        """Lines for one PJSIP endpoint."""
        if self.endpoint_section is None:
            return Paste(self.endpoints, lines, name)
        return Paste(self.endpoints, (self.endpoint_section.format(name), *lines))

    def in_queues_general(self, name: str, value: str) -> Paste:
        """A setting for all queues."""
        return Paste(self.queues_general, (f"{name} = {value}",), self.queues_general_section, name)

    def in_logger(self, name: str, levels: str) -> Paste:
        """What is written to one log."""
        return Paste(self.logger, (f"{name} => {levels}",), self.logger_section, name)


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
    endpoint_section=None,
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
    endpoint_section="[{}](+type=endpoint)",
)

FREEPBX_CONTEXTS = ("from-internal", "ext-local", "from-queue")
"""Contexts that FreePBX writes, and that nobody else has all of."""


def conventions_of(contexts: Collection[str]) -> Conventions:
    """Whose files these are, by the contexts of the dialplan."""
    return FREEPBX if set(FREEPBX_CONTEXTS) <= set(contexts) else PLAIN
