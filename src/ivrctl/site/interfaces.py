"""The site's HTTP interfaces: where they are, and what they are shown to know us by."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.site.ami import Secret

ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*/?"
)
"""A base address: no user, no query, no fragment, and a path without percent-encoding."""

MAX_CONNECTIONS = 100
"""To one interface at a time."""

_CREDENTIAL = re.compile(r"://[^/]*@|\?")
"""A user, a password or a query, which is where tokens stand."""

_NEAR_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
"""Names that no public server has (RFC 6761, 6762, 8375; ICANN reserved ``internal``)."""


@dataclass(frozen=True, slots=True)
class InterfaceUrl:
    """A fixed base address, such as ``https://crm.example/api``; or where it is, ``{env: CRM_URL}``, ``{file: …}``."""

    text: Word | None = None
    env: Word | None = None
    file: Word | None = None

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read an address; one that carries a credential is refused, since the site file is no place for it."""
        if isinstance(node, MappingNode):
            reference = Secret.bind_node(node, binder)
            return cls(env=reference.env, file=reference.file)
        text = binder.bind(Word, node)
        if _CREDENTIAL.search(text):
            advice = "write {env: NAME} or {file: PATH}; a token has a key of its own"
            message = "a password, token or query stands in the address of an interface"
            binder.refuse("IVR203", node.span, message, advice, hides_line=True)
        if not ADDRESS.fullmatch(text):
            binder.refuse("IVR231", node.span, "this is no base address", "such as https://crm.example/api")
        return cls(text=text)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """An address, or where it is."""
        return schemas.short_or(str, schemas.fields(Secret))

    @property
    def is_open(self) -> bool:
        """True when what is asked crosses networks that are not ours, and nothing is encrypted."""
        return self.text is not None and self.text.startswith("http://") and not is_near(self.text)


def is_near(address: str) -> bool:
    """True for an address on this machine, in a private network, or by a name that no public server has."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_NEAR_NAMES)
    return number.is_loopback or number.is_private or number.is_link_local


@dataclass(frozen=True, slots=True)
class Interface:
    """An HTTP interface of the site: lookups ask it, submissions go to it. JSON in and out, no redirects."""

    url: InterfaceUrl
    """A fixed base address, such as ``https://crm.example/api``; the paths of lookups and submissions stand behind it.
    One that is secret stays outside: ``{env: NAME}`` or ``{file: PATH}``."""
    span: Span
    token: Secret | None = None
    """Where the token is that it knows us by, sent as ``Authorization: Bearer …``."""
    ca: Word | None = None
    """A file with the certificates that vouch for it, in PEM, beside the site file; without it, those of the system."""
    connections: int = 8
    """At most so many connections at a time, from 1 to 100; more questions wait within their deadline."""
