"""How the site's own Asterisk is reached over AMI: names and places, never a secret itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import MappingNode, Node, Word

MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a password is: ``{env: NAME}`` or ``{file: PATH}``, a relative path beside the site file."""

    env: Word | None = None
    """The environment variable that holds it."""
    file: Word | None = None
    """The file that holds it, and nothing else."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a reference; a password that is written down is refused, since the site file is no place for it."""
        if not isinstance(node, MappingNode):
            advice = "write {env: NAME} or {file: PATH}"
            binder.refuse("IVR203", node.span, "a password stands in the site file", advice, hides_line=True)
        reference = binder.fields(cls, node)
        if (reference.env is None) == (reference.file is None):
            binder.refuse("IVR012", node.span, "a reference names either env or file", "write {env: NAME}")
        return reference

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A mapping: never the password itself."""
        return schemas.fields(cls)


@dataclass(frozen=True, slots=True)
class AmiUser:
    """A user of ``manager.conf``."""

    user: Word
    """The name of its section."""
    secret: Secret
    """Where its password is."""


@dataclass(frozen=True, slots=True)
class Ami:
    """Where AMI listens, and as whom we log in: what ``asterisk-conf/ivrctl.d`` says when nothing stands here."""

    host: Word = field(default_factory=lambda: Word("127.0.0.1"))
    """A name or an address. Nothing is encrypted: beyond this machine it takes a tunnel or a private network."""
    port: int = 5038
    """The TCP port."""
    user: Word = field(default_factory=lambda: Word("ivrctl"))
    """The controller's user."""
    secret: Secret = field(default_factory=lambda: Secret(env=Word("IVRCTL_AMI_SECRET")))
    """Where its password is; ``{env: IVRCTL_AMI_SECRET}`` by default."""
    doctor: AmiUser = field(
        default_factory=lambda: AmiUser(Word("ivrctl-doctor"), Secret(env=Word("IVRCTL_DOCTOR_SECRET")))
    )
    """The user of ``ivrctl doctor``; by default ``ivrctl-doctor`` with ``{env: IVRCTL_DOCTOR_SECRET}``."""

    def __post_init__(self) -> None:
        """Refuse what is no port.

        Raises:
            ValueError: it is none.
        """
        if not 0 < self.port <= MAX_PORT:
            raise ValueError(f"a port is between 1 and {MAX_PORT}, not {self.port}")
