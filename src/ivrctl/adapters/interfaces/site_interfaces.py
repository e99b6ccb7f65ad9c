"""The interfaces that a site's lookups ask and its submissions go to.

Knows nothing of flows: a declared lookup and its parameters go in, a row in our values comes out, or a tuple of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ivrctl.adapters.interfaces.address import Address, address_of
from ivrctl.adapters.interfaces.breaker import Breaker, State
from ivrctl.adapters.interfaces.client import (
    BAD_REQUEST,
    MULTIPLE_CHOICES,
    NO_CONTENT,
    NOT_FOUND,
    OK,
    OVERWORKED,
    SERVER_ERROR,
    TO_BE_ASKED_AGAIN,
    TO_BE_PUT_RIGHT,
    Answer,
    InterfaceClient,
    InterfaceFault,
    Request,
)
from ivrctl.adapters.interfaces.reading import Found, read_json, rows_in
from ivrctl.adapters.interfaces.writing import as_text, json_object
from ivrctl.adapters.lookup_answer import LookupFault, conforming
from ivrctl.errors import ConfigurationError
from ivrctl.lang.types import Maybe
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused
from ivrctl.model.values import RowOrRows, Value
from ivrctl.site.lookups import Endpoint, Lookup
from ivrctl.site.request_path import filled, placeholders
from ivrctl.site.site_file import Site


class NotAsked(InterfaceFault):
    """The interface has failed several times in a row, and is spared for now."""


class SiteInterfaces:
    """The interfaces of one version of a site, opened when first asked."""

    def __init__(
        self,
        site: Site,
        folder: Path,
        environ: Mapping[str, str],
        *,
        on_trouble: Callable[[str], None] = lambda _trouble: None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the interfaces of a site.

        Args:
            site: names the interfaces and lookups.
            folder: the site's, for files that are named relative to it.
            environ: for ``{env: NAME}``.
            on_trouble: told in a sentence when an interface is asked no more, and when it is again.
            seconds: the time, for the breakers.
        """
        self._site = site
        self._folder = folder
        self._environ = environ
        self._on_trouble = on_trouble
        self._seconds = seconds
        self._addresses: dict[str, Address] = {}
        self._clients: dict[str, InterfaceClient] = {}
        self._breakers = {str(name): Breaker() for name in site.http}

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - the deadline is the site's, and belongs to the question
        """Ask a lookup: its row, or its rows where it is declared with ``rows``; None when there is no such row.

        Raises:
            LookupFault: no answer within ``timeout``, or none that is as declared; the message says which, and quotes
                neither the answer nor the token nor a parameter.
        """
        lookup = self._site.lookups[name]
        endpoint = lookup.endpoint
        if endpoint is None:
            raise LookupFault("it asks no interface")
        _check_withheld(lookup, endpoint, params)
        try:
            found = await self._found(str(endpoint.http), _request(endpoint, params), lookup.rows, timeout)
        except (InterfaceFault, ConfigurationError, ValueError) as fault:
            raise LookupFault(f"the interface {endpoint.http}: {fault}") from None
        optional = {str(field): None for field, kind in lookup.returns.items() if isinstance(kind, Maybe)}
        return conforming(({**optional, **row} for row in found), lookup, self._site)

    async def post(
        self,
        interface: str,
        path: str,
        values: Mapping[str, Value],
        timeout: timedelta,  # noqa: ASYNC109 - as above
        headers: Mapping[str, str] | None = None,
    ) -> Delivery:
        """Post something to an interface, as one JSON object; it never raises for what the interface does.

        Args:
            interface: a name of ``http``.
            path: behind its address; values that stand in it between braces are not sent again in the object.
            values: that go in. Numbers are exact, moments and days are ISO 8601, durations seconds, none is null.
            timeout: for all of it, as for a lookup.
            headers: beside those of ours, such as ``Idempotency-Key``.

        Returns:
            ``Delivered`` for a status of 200 to 299. ``Refused`` for one of 400 to 499 that is about what was sent, and
            for a path that cannot be filled: to send the same again changes nothing. ``Failed`` for all else, such as
            408, 429, and 401 and 404, which somebody puts right; also at once, without asking, while the interface has
            failed several times in a row (``is_away``). No reason holds anything that the interface said.
        """
        try:
            request = _post(path, values, headers)
        except ValueError as error:
            return Refused(str(error))
        try:
            with self._permitted(interface):
                answer = await self._client(interface).exchange(request, timeout, is_read=False)
                _check_health(answer)
        except NotAsked as fault:
            return Failed(str(fault), is_away=True, is_asked=False)
        except ConfigurationError as fault:
            return Failed(str(fault), is_away=True)
        except InterfaceFault as fault:
            return Failed(str(fault))
        if OK <= answer.status < MULTIPLE_CHOICES:
            return Delivered()
        is_of_another = answer.status in TO_BE_ASKED_AGAIN | TO_BE_PUT_RIGHT
        return (Failed if is_of_another else Refused)(_status(answer))

    def unusable(self) -> list[str]:
        """Why an interface cannot even be asked, a sentence for each: a variable is not set, a file is missing."""
        faults = []
        for name in map(str, self._site.http):
            try:
                self._address(name)
            except ConfigurationError as error:
                faults.append("; ".join(filter(None, (f'the interface "{name}": {error}', error.advice))))
        return faults

    def status(self) -> dict[str, dict[str, Any]]:
        """Of each interface: ``state`` (closed, open, trial), ``faults`` in a row, ``refused_for`` so many seconds."""
        now = self._seconds()
        return {
            name: {
                "state": str(breaker.state),
                "faults": breaker.faults,
                "refused_for": round(max(0.0, breaker.until - now), 1) if breaker.pause else 0.0,
            }
            for name, breaker in self._breakers.items()
        }

    async def close(self) -> None:
        """Give up what is still asked, and close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.close()

    async def _found(self, interface: str, request: Request, most: int | None, timeout: timedelta) -> Found:  # noqa: ASYNC109 - as above
        """The rows of the answer.

        Raises:
            InterfaceFault: there is no answer of a form that is due.
            ConfigurationError: something of the site's is missing.
        """
        with self._permitted(interface):
            answer = await self._client(interface).exchange(request, timeout)
            _check_health(answer)
            found = _rows(answer, most)
        if found is None:
            raise InterfaceFault(_status(answer))
        return found

    @contextmanager
    def _permitted(self, interface: str) -> Iterator[None]:
        """Ask within the breaker; what goes on inside tells it how the interface is."""
        breaker, permit = self._breakers[interface].asked(self._seconds())
        self._breakers[interface] = breaker
        if permit is None:
            raise NotAsked("it is not asked, since it has failed several times in a row")
        try:
            yield
        except InterfaceFault as fault:
            self._become(interface, self._breakers[interface].failed(permit, self._seconds()), str(fault))
            raise
        except BaseException:
            # Whoever asked has hung up, or something of ours is missing: neither says anything of the interface.
            self._become(interface, self._breakers[interface].given_up(permit))
            raise
        self._become(interface, self._breakers[interface].answered(permit))

    def _become(self, interface: str, breaker: Breaker, why: str = "") -> None:
        """Take the new state, and tell when it is another."""
        before, self._breakers[interface] = self._breakers[interface], breaker
        if breaker.state is State.OPEN and before != breaker and why:
            self._on_trouble(f"{interface} is not asked for {breaker.pause:g} s: {why}")
        elif breaker.state is State.CLOSED and before.state is not State.CLOSED:
            self._on_trouble(f"{interface} answers again")

    def _client(self, name: str) -> InterfaceClient:
        if name not in self._clients:
            self._clients[name] = InterfaceClient(self._address(name), self._site.http[name].connections)
        return self._clients[name]

    def _address(self, name: str) -> Address:
        if name not in self._addresses:
            self._addresses[name] = address_of(self._site.http[name], self._folder, self._environ)
        return self._addresses[name]


def _check_withheld(lookup: Lookup, endpoint: Endpoint, params: Mapping[str, Value]) -> None:
    """Say what an empty telephone number in a path is, and what to write.

    Raises:
        LookupFault: there is one.
    """
    types = {str(name): str(kind) for name, kind in lookup.params.items()}
    for name in placeholders(endpoint.path):
        if types[name].startswith("phone") and params[name] == "":
            raise LookupFault(f'the number is withheld, so there is no "{name}" to ask for: {ADVICE_WITHHELD}')


ADVICE_WITHHELD = 'write when: caller.number != "" beside the lookup'
"""Or leave before it, where what it saves is needed."""


def _request(endpoint: Endpoint, params: Mapping[str, Value]) -> Request:
    """The question.

    Raises:
        ValueError: a parameter cannot stand in the path.
    """
    path, rest = _in_path(endpoint.path, params)
    if endpoint.method == "post":
        return Request("POST", path, json_object(rest))
    pairs = [(name, as_text(value)) for name, value in rest.items() if value is not None]
    query = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs)
    return Request("GET", f"{path}?{query}" if query else path)


def _post(path: str, values: Mapping[str, Value], headers: Mapping[str, str] | None) -> Request:
    target, rest = _in_path(path, values)
    return Request("POST", target, json_object(rest), headers)


def _in_path(path: str, values: Mapping[str, Value]) -> tuple[str, dict[str, Value]]:
    """The path with its values, and those that do not stand in it.

    Raises:
        ValueError: a value cannot stand in a path.
    """
    names = placeholders(path)
    target = filled(path, {name: as_text(values[name]) for name in names})
    return target, {str(name): value for name, value in values.items() if name not in names}


def _check_health(answer: Answer) -> None:
    """Refuse an answer of an interface that is not well, or that sends us elsewhere.

    Raises:
        InterfaceFault: it is one.
    """
    if answer.status < OK or MULTIPLE_CHOICES <= answer.status < BAD_REQUEST:
        raise InterfaceFault(f"it sends us elsewhere, with the status {answer.status}")
    if answer.status >= SERVER_ERROR or answer.status in OVERWORKED:
        raise InterfaceFault(_status(answer))


def _rows(answer: Answer, most: int | None) -> Found | None:
    """The rows of an answer; None when the question was refused.

    Raises:
        InterfaceFault: it is no JSON, or of another form than is due.
    """
    if answer.status in {NO_CONTENT, NOT_FOUND}:
        return []
    if answer.status >= BAD_REQUEST:
        return None
    try:
        return rows_in(read_json(answer.body), most)
    except ValueError as error:
        raise InterfaceFault(str(error)) from None


def _status(answer: Answer) -> str:
    return f"it answered with the status {answer.status}"
