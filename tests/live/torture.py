"""Messages that are hard on whoever reads SIP: one for each point that RFC 4475 makes, section by section.

Each is made here after what the section says of it, for the numbers and addresses of our PBX; none is the RFC's own
text, which may be passed on as it stands and not changed. The names are those by which the RFC calls its messages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

CRLF = "\r\n"
LINE = "100"
"""A line of the site: what a message that is right in the end reaches."""
LONG = 1000
"""Characters of a value that is too long for most fixed buffers."""


@dataclass(frozen=True)
class Place:
    """Who sends, and to whom."""

    host: str
    """The PBX, as addresses name it."""
    from_host: str
    port: int
    """Where answers are awaited."""
    call: str
    """The Call-ID."""

    @property
    def here(self) -> str:
        """Where we are."""
        return f"{self.from_host}:{self.port}"


@dataclass(frozen=True)
class Message:
    """A message to be changed: every part of it can be what it must not be."""

    place: Place
    method: str = "OPTIONS"
    uri: str = ""
    version: str = "SIP/2.0"
    start: str | None = None
    """The first line, where it is not made of these."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    length: str | None = None
    """What Content-Length says, where it is not so."""
    behind: bytes = b""
    """What stands behind the message in its datagram."""
    colon: str = ": "

    def having(self, **headers: str) -> Message:
        """With other values of headers, or with more of them; ``_`` stands for ``-``."""
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = tuple((name, wanted.pop(name, value)) for name, value in self.headers)
        return replace(self, headers=(*kept, *wanted.items()))

    def without(self, *names: str) -> Message:
        """With some headers less."""
        return replace(self, headers=tuple(each for each in self.headers if each[0] not in names))

    def again(self, **headers: str) -> Message:
        """With headers that stand there already."""
        return replace(
            self, headers=(*self.headers, *((name.replace("_", "-"), value) for name, value in headers.items()))
        )

    def encoded(self) -> bytes:
        """The datagram."""
        start = self.start if self.start is not None else f"{self.method} {self.uri} {self.version}"
        length = self.length if self.length is not None else str(len(self.body))
        lines = [start, *(f"{name}{self.colon}{value}" for name, value in self.headers)]
        if length:
            lines.append(f"Content-Length{self.colon}{length}")
        return (CRLF.join([*lines, "", ""])).encode("utf-8", "surrogateescape") + self.body + self.behind


def plain(place: Place, method: str = "OPTIONS", user: str = LINE) -> Message:
    """A message that is right: a question whether anybody is there, or a call."""
    headers = (
        ("Via", f"SIP/2.0/UDP {place.here};rport;branch=z9hG4bK{place.call}"),
        ("Max-Forwards", "70"),
        ("From", f"<sip:13800138000@{place.here}>;tag=t{place.call}"),
        ("To", f"<sip:{user}@{place.host}>"),
        ("Call-ID", place.call),
        ("CSeq", f"1 {method}"),
        ("Contact", f"<sip:13800138000@{place.here}>"),
    )
    return Message(place, method, f"sip:{user}@{place.host}", headers=headers)


def call(place: Place, user: str = LINE) -> Message:
    """A call that is right."""
    offer = (
        f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {place.port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    )
    return replace(plain(place, "INVITE", user).having(Content_Type="application/sdp"), body=offer.encode())


def answer(place: Place, status: str) -> Message:
    """An answer to nothing that anybody asked."""
    return replace(plain(place).without("Max-Forwards"), start=status)


@dataclass(frozen=True)
class Torture:
    """One point of the RFC."""

    section: str
    name: str
    make: Callable[[Place], Message]
    is_wrong: bool = False
    """True where nothing may come of it: no call, and no answer that says yes."""


def _tortuous(place: Place) -> Message:
    """Folded lines, short names, odd spaces, names in any case, a header without a value, parameters nobody knows."""
    changed = call(place).without("Via", "To", "From", "Max-Forwards", "CSeq", "Content-Type")
    more = (
        ("TO", f"\r\n sip:{LINE}@{place.host}"),
        ("from", f'"A \\"quoted\\" name\t" <sip:13800138000@{place.here}>\r\n  ;\r\n  tag = t{place.call}'),
        ("MaX-fOrWaRdS", "0068"),
        ("cseq", "0009\r\n  INVITE"),
        ("v", f"SIP  / 2.0\r\n /UDP\r\n    {place.here};rport;branch=z9hG4bK{place.call}"),
        ("s", ""),
        ("NewFangledHeader", "newfangled value\r\n continued newfangled value"),
        ("UnknownHeaderWithUnusualValue", ";;,,;;,;"),
        ("c", "application/sdp"),
        ("Route", f"<sip:{place.host};lr;unknownwith=value;unknown-no-value>"),
    )
    return replace(changed, headers=(*more, *changed.headers), colon=" :\t")


def _odd_characters(place: Place) -> Message:
    """A method and values of every character that a token may hold."""
    token = "!interesting-Method0123456789_*+`.%indeed'~"
    user = "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    odd = plain(place, token).having(
        To=f'"BEL:\x07 NUL:\x01 DEL:\x7f" <sip:{user}:&it+has=1,weird!*pas$wo~d_too.@{place.host}>'
    )
    return replace(odd, uri=f"sip:{user}:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@{place.host}").having(
        **{f"extensionHeader-!.%*+_`'~": "\ufeff大停電"}  # noqa: F541 - a name of odd characters
    )


def _multipart(place: Place) -> Message:
    """Parts with bytes of any kind, one of them the offer."""
    edge = "7a9cbec02ceef655"
    offer = call(place).body
    parts = (b"Content-Type: text/plain\r\n\r\nHello\r\n", b"Content-Type: application/sdp\r\n\r\n" + offer)
    binary = b"Content-Type: application/octet-stream\r\n\r\n" + bytes(range(256)) + b"\r\n"
    body = b"".join(f"--{edge}\r\n".encode() + part for part in (*parts, binary)) + f"--{edge}--\r\n".encode()
    return replace(call(place).having(Content_Type=f"multipart/mixed;boundary={edge}"), body=body)


def _long(place: Place) -> Message:
    """Every value longer than anybody would make it."""
    long = "x" * LONG
    odd = plain(place, "INVITE").having(
        From=f'"{long}" <sip:13800138000@{place.here};unknown={long}>;tag={long};{long}={long}',
        Call_ID=f"{place.call}{long}",
        Contact=f"<sip:{long}@{place.here}>",
        Via=f"SIP/2.0/UDP {place.here};rport;branch=z9hG4bK{place.call}{long}",
    )
    more = "".join(f", SIP/2.0/TCP hop{number}.example:5060;branch=z9hG4bK{number}{long[:100]}" for number in range(20))
    return odd.again(Via=more[2:]).having(**{f"Unknown-{long}": long})


def _short(place: Place) -> Message:
    """Nothing but a first line and what no answer can do without."""
    return plain(place, "INVITE").without("Call-ID", "From", "To")


def _rfc2543(place: Place) -> Message:
    """As phones spoke before: no branch, no tag, no Max-Forwards, a colon with spaces."""
    old = call(place).without("Max-Forwards")
    return old.having(Via=f"SIP/2.0/UDP {place.here}", From=f"sip:13800138000@{place.here}")


def _register(place: Place) -> Message:
    """An agent's phone, without a password."""
    return replace(plain(place, "REGISTER", "8101"), uri=f"sip:{place.host}").having(
        From=f"<sip:8101@{place.host}>;tag=t{place.call}", Contact=f"<sip:8101@{place.here}>"
    )


def _behind(place: Place) -> Message:
    """A whole second message in the same datagram, which must not be one."""
    second = call(replace(place, call=f"{place.call}-second"))
    return replace(plain(place), behind=second.encoded())


BIG = "36893488147419103232"
"""Two to the power of 65."""

TORTURES = (
    Torture("3.1.1.1", "wsinv", _tortuous),
    Torture("3.1.1.2", "intmeth", _odd_characters),
    Torture("3.1.1.3", "esc01", lambda place: replace(call(place), uri=f"sip:%31%30%30@{place.host}")),
    Torture("3.1.1.4", "escnull", lambda place: replace(plain(place), uri=f"sip:null-%00-null@{place.host}")),
    Torture(
        "3.1.1.5", "esc02", lambda place: plain(place, "RE%47IST%45R").having(Contact=f'"%Z%45" <sip:1@{place.here}>')
    ),
    Torture("3.1.1.6", "lwsdisp", lambda place: plain(place).having(From=f"caller<sip:1@{place.here}>;tag=1")),
    Torture("3.1.1.7", "longreq", _long),
    Torture("3.1.1.8", "dblreq", _behind),
    Torture("3.1.1.9", "semiuri", lambda place: replace(plain(place), uri=f"sip:100;par=u%40example.net@{place.host}")),
    Torture(
        "3.1.1.10",
        "transports",
        lambda place: plain(place).again(Via="SIP/2.0/SCTP a.example;branch=1, SIP/2.0/UNKNOWN b.example;branch=2"),
    ),
    Torture("3.1.1.11", "mpart01", _multipart),
    Torture(
        "3.1.1.12",
        "unreason",
        lambda place: answer(place, "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять"),
        is_wrong=True,
    ),
    Torture("3.1.1.13", "noreason", lambda place: answer(place, "SIP/2.0 100 "), is_wrong=True),
    Torture(
        "3.1.2.1",
        "badinv01",
        lambda place: call(place).having(
            Via=f"SIP/2.0/UDP {place.here};;,;,,;branch=z9hG4bK{place.call}", Contact='"" <>;,"'
        ),
        is_wrong=True,
    ),
    # Asterisk's SIP library takes what has come for all of the body, where the RFC would refuse it.
    Torture("3.1.2.2", "clerr", lambda place: replace(call(place), length="9999")),
    Torture("3.1.2.3", "ncl", lambda place: replace(call(place), length="-999"), is_wrong=True),
    Torture(
        "3.1.2.4",
        "scalar02",
        lambda place: _register(place).having(CSeq=f"{BIG} REGISTER", Max_Forwards="300", Expires="1" * 70),
        is_wrong=True,
    ),
    Torture(
        "3.1.2.5",
        "scalarlg",
        lambda place: answer(place, "SIP/2.0 503 Unavailable").having(CSeq=f"{BIG} OPTIONS", Retry_After="9" * 40),
        is_wrong=True,
    ),
    Torture(
        "3.1.2.6",
        "quotbal",
        lambda place: call(place).having(To=f'"Mr. Nobody <sip:{LINE}@{place.host}>'),
        is_wrong=True,
    ),
    Torture("3.1.2.7", "ltgtruri", lambda place: replace(call(place), uri=f"<sip:{LINE}@{place.host}>"), is_wrong=True),
    Torture(
        "3.1.2.8", "lwsruri", lambda place: replace(call(place), uri=f"sip:{LINE}@{place.host}; lr"), is_wrong=True
    ),
    Torture(
        "3.1.2.9", "lwsstart", lambda place: replace(call(place), start=f"INVITE  sip:{LINE}@{place.host}  SIP/2.0")
    ),
    Torture("3.1.2.10", "trws", lambda place: replace(plain(place), version="SIP/2.0  ")),
    Torture(
        "3.1.2.11", "escruri", lambda place: replace(call(place), uri=f"sip:{LINE}@{place.host}?Route=%3Csip:x%3E")
    ),
    Torture("3.1.2.12", "baddate", lambda place: call(place).having(Date="Fri, 01 Jan 2010 16:00:00 EST")),
    Torture(
        "3.1.2.13",
        "regbadct",
        lambda place: _register(place).having(Contact=f"sip:8101@{place.here}?Route=x"),
        is_wrong=True,
    ),
    Torture("3.1.2.14", "badaspec", lambda place: call(place).having(To=f'"Watson" < sip:{LINE}@{place.host} >')),
    Torture(
        "3.1.2.15", "baddn", lambda place: plain(place).having(From=f"Bell, Alexander <sip:1@{place.here}>;tag=43")
    ),
    Torture("3.1.2.16", "badvers", lambda place: replace(plain(place), version="SIP/7.0"), is_wrong=True),
    Torture("3.1.2.17", "mismatch01", lambda place: call(place).having(CSeq="8 OPTIONS"), is_wrong=True),
    Torture("3.1.2.18", "mismatch02", lambda place: replace(call(place), method="NEWMETHOD"), is_wrong=True),
    Torture(
        "3.1.2.19",
        "bigcode",
        lambda place: answer(place, "SIP/2.0 4294967301 better not break the receiver"),
        is_wrong=True,
    ),
    Torture(
        "3.2.1", "badbranch", lambda place: plain(place).having(Via=f"SIP/2.0/UDP {place.here};rport;branch=z9hG4bK")
    ),
    Torture("3.3.1", "insuf", _short, is_wrong=True),
    Torture(
        "3.3.2",
        "unkscm",
        lambda place: replace(call(place), uri="nobodyKnowsThisScheme:totallyopaquecontent"),
        is_wrong=True,
    ),
    Torture("3.3.3", "novelsc", lambda place: replace(call(place), uri="soap.beep://192.0.2.103:3002"), is_wrong=True),
    Torture(
        "3.3.4",
        "unksm2",
        lambda place: _register(place).having(
            To="isbn:2983792873", From="<http://www.example.com>;tag=3", Contact="<name:a>"
        ),
        is_wrong=True,
    ),
    Torture(
        "3.3.5",
        "bext01",
        lambda place: call(place).having(Require="nothingSupportsThis, nor-this", Proxy_Require="x"),
        is_wrong=True,
    ),
    Torture(
        "3.3.6", "invut", lambda place: call(place).having(Content_Type="application/unknownformat"), is_wrong=True
    ),
    Torture(
        "3.3.7",
        "regaut01",
        lambda place: _register(place).having(Authorization="NoOneKnowsThisScheme a=1, b"),
        is_wrong=True,
    ),
    Torture(
        "3.3.8",
        "multi01",
        lambda place: call(place).again(
            CSeq="99 INVITE",
            Call_ID="another",
            Max_Forwards="5",
            To=f"<sip:200@{place.host}>",
            From="<sip:2@b.example>;tag=9",
        ),
    ),
    Torture("3.3.9", "mcl01", lambda place: call(place).again(Content_Length="5")),
    Torture(
        "3.3.10",
        "bcast",
        lambda place: answer(place, "SIP/2.0 200 OK").having(Via="SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1"),
        is_wrong=True,
    ),
    Torture("3.3.11", "zeromf", lambda place: plain(place).having(Max_Forwards="0")),
    Torture(
        "3.3.12",
        "cparam01",
        lambda place: _register(place).having(Contact=f"sip:8101@{place.here};unknown=1"),
        is_wrong=True,
    ),
    Torture(
        "3.3.13",
        "cparam02",
        lambda place: _register(place).having(Contact=f"<sip:8101@{place.here};unknown=1>"),
        is_wrong=True,
    ),
    Torture(
        "3.3.14",
        "regescrt",
        lambda place: _register(place).having(Contact=f"<sip:8101@{place.here}?Route=%3C%3E>"),
        is_wrong=True,
    ),
    Torture("3.3.15", "sdp01", lambda place: call(place).having(Accept="text/nobodyKnowsThis")),
    Torture("3.4.1", "inv2543", _rfc2543),
)
