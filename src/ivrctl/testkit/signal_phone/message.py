"""One message of SIP, as text (RFC 3261, 7), as far as a phone beside Asterisk needs it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

Header = tuple[str, str]

_TAG = re.compile(r";tag=([^;>\s]+)")
_URI = re.compile(r"<([^>]*)>")
_USER = re.compile(r"sips?:([^@;>]+)@")
_QUOTED = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response."""

    start: str
    """The first line."""
    headers: tuple[Header, ...]
    body: str = ""

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """Of a request; of a response that of the request that it answers."""
        return self.get("CSeq").split()[1] if self.status else self.start.split()[0]

    @property
    def branch(self) -> str:
        """The transaction, by the topmost Via."""
        return self.get("Via").partition(";branch=")[2].partition(";")[0]

    def get(self, name: str) -> str:
        """The first value of a header; empty when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def all(self, *names: str) -> list[Header]:
        """All headers of these names, in their order."""
        wanted = {name.lower() for name in names}
        return [(key, value) for key, value in self.headers if key.lower() in wanted]

    def encode(self) -> bytes:
        """What is sent."""
        body = self.body.encode()
        lines = [self.start, *(f"{key}: {value}" for key, value in self.headers), f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def response(self, status: str, *more: Header, tag: str = "", body: str = "") -> Message:
        """The response to a request, with the tag of who answers where the request has none."""
        headers = self.all("Via", "Record-Route", "From", "Call-ID", "CSeq")
        to = self.get("To")
        if tag and not tag_of(to):
            to = f"{to};tag={tag}"
        return Message(f"SIP/2.0 {status}", (*headers, ("To", to), *more), body)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A digest challenge (RFC 7616), answered without ``qop`` where the server lets us."""

    realm: str
    nonce: str
    opaque: str
    has_qop: bool
    header: str
    """Of the answer: ``Authorization`` or ``Proxy-Authorization``."""

    @classmethod
    def of(cls, response: Message) -> Challenge:
        """The challenge of a 401 or 407."""
        is_proxy = bool(response.get("Proxy-Authenticate"))
        text = response.get("Proxy-Authenticate" if is_proxy else "WWW-Authenticate")
        fields = dict(_QUOTED.findall(text))
        header = "Proxy-Authorization" if is_proxy else "Authorization"
        return cls(fields.get("realm", ""), fields.get("nonce", ""), fields.get("opaque", ""), "qop=" in text, header)

    def answer(self, method: str, uri: str, user: str, password: str) -> Header:
        """The header that answers it."""
        secret = _md5(f"{user}:{self.realm}:{password}")
        asked = _md5(f"{method}:{uri}")
        how, tail = "", ""
        if self.has_qop:
            count, own = "00000001", _md5(self.nonce + method)[:16]
            how, tail = f"{count}:{own}:auth:", f',qop=auth,nc={count},cnonce="{own}"'
        reply = _md5(f"{secret}:{self.nonce}:{how}{asked}")
        opaque = f',opaque="{self.opaque}"' if self.opaque else ""
        said = f'username="{user}",realm="{self.realm}",nonce="{self.nonce}",uri="{uri}",response="{reply}"'
        return self.header, f"Digest {said},algorithm=MD5{opaque}{tail}"


@dataclass(slots=True)
class Dialog:
    """The two ends of one call, and how far they have counted (RFC 3261, 12)."""

    call_id: str
    local: str
    """Our From, or the To that we answered with, tag and all."""
    remote: str
    target: str
    """Where requests go: the other side's Contact."""
    contact: str
    """Our own."""
    via: str
    """Our address, as host and port."""
    number: int = 0
    branches: int = field(default=0)

    def request(self, method: str, *more: Header, body: str = "", number: int | None = None) -> Message:
        """The next request of our side; an ACK has the number of its INVITE."""
        if number is None:
            self.number += 1
        self.branches += 1
        count = self.number if number is None else number
        headers: Iterable[Header] = (
            ("Via", f"SIP/2.0/UDP {self.via};rport;branch=z9hG4bK{self.call_id[:12]}{count}{method}{self.branches}"),
            ("Max-Forwards", "70"),
            ("From", self.local),
            ("To", self.remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{count} {method}"),
            ("Contact", f"<{self.contact}>"),
            *more,
        )
        return Message(f"{method} {self.target} SIP/2.0", tuple(headers), body)


def parse(data: bytes) -> Message | None:
    """A message; None for what is none, such as a keep-alive."""
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    if "SIP/2.0" not in start:
        return None
    headers = tuple((key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in lines))
    return Message(start, headers, body)


def tag_of(value: str) -> str:
    """The tag of a From or To; empty without one."""
    found = _TAG.search(value)
    return found[1] if found else ""


def uri_of(value: str) -> str:
    """The address in a From, To or Contact."""
    found = _URI.search(value)
    return found[1] if found else value.partition(";")[0]


def user_of(value: str) -> str:
    """The user in an address."""
    found = _USER.search(value)
    return found[1] if found else ""


def media_in(body: str) -> tuple[str, int] | None:
    """Where a session description wants sound sent; None without one."""
    host = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", body, re.MULTILINE)
    return (host[1], int(port[1])) if host and port else None


def description(host: str, port: int) -> str:
    """Ours: A-law, and keys as events (RFC 4733)."""
    lines = (
        "v=0",
        f"o=phone 1 1 IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP 8 101",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=sendrecv",
    )
    return "\r\n".join(lines) + "\r\n"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
