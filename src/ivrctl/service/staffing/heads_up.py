"""Who is called in is told, and so is who is to know before: by a text to the phone, or by a submission of the site.

A text goes out once and may be lost; a submission is kept until it is delivered. What cannot be told is told in the
log, and holds nothing up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivrctl.errors import IvrctlError
from ivrctl.model.values import Value
from ivrctl.site.phones import Phone, phone_of
from ivrctl.site.site_file import Site

Text = Callable[[str, str], Awaitable[None]]
"""Sends a text to an endpoint; raises ``IvrctlError`` where it cannot."""
Hand = Callable[[str, str, Mapping[str, Value]], Awaitable[None]]
"""Hands something over for good: its key, the submission, its params. With the same key it is handed over once."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that people are told."""

    key: str
    """The same for one thing that is told twice."""
    policy: str
    tier: str
    text: str
    """A whole sentence."""
    at: datetime
    queues: tuple[str, ...] = ()
    """Where somebody is called in."""


@dataclass(frozen=True, slots=True)
class HeadsUp:
    """See the module."""

    site: Callable[[], Site]
    text: Text
    hand: Hand
    on_trouble: Callable[[str], None]

    async def to_people(self, interfaces: Iterable[str], by: str, news: News) -> None:
        """Tell members.

        Args:
            interfaces: theirs.
            by: the submission; empty for a text to each phone.
            news: what they are told.
        """
        phones = self._phones()
        for interface in interfaces:
            number, name, phone = phones.get(interface, ("", "", None))
            if by:
                known: dict[str, Value] = {"agent": number, "name": name, "queues": " ".join(news.queues)}
                await self._submit(by, f"{news.key}/{interface}", known, news)
            else:
                await self._send(_endpoint(interface) if phone is None else phone.endpoint, news)

    async def to_target(self, target: str, news: News) -> None:
        """Tell whom a policy names: an agent by his number, or a submission."""
        site = self.site()
        agent = next((agent for number, agent in site.agents.items() if number == target), None)
        if agent is None:
            await self._submit(target, news.key, {}, news)
            return
        phone = phone_of(site, target, agent)
        await self._send(target if phone is None else phone.endpoint, news)

    async def _send(self, endpoint: str, news: News) -> None:
        try:
            await self.text(endpoint, news.text)
        except (IvrctlError, TimeoutError) as error:
            self.on_trouble(f'{endpoint} was not told "{news.text}": {error}')

    async def _submit(self, name: str, key: str, known: Mapping[str, Value], news: News) -> None:
        submission = self.site().submissions.get(name)
        if submission is None:
            self.on_trouble(f'nobody was told "{news.text}": the site has no submission {name}')
            return
        known = {**known, "policy": news.policy, "tier": news.tier, "text": news.text, "at": news.at}
        params = {str(param): known[param] for param in submission.params if param in known}
        try:
            await self.hand(f"staffing/{key}", name, params)
        except (IvrctlError, OSError) as error:
            self.on_trouble(f'nobody was told "{news.text}": {error}')

    def _phones(self) -> Mapping[str, tuple[str, str, Phone | None]]:
        """By interface, number, name and phone of an agent."""
        site = self.site()
        known = ((number, agent, phone_of(site, number, agent)) for number, agent in site.agents.items())
        return {
            phone.interface: (str(number), str(agent.name), phone)
            for number, agent, phone in known
            if phone is not None
        }


def _endpoint(interface: str) -> str:
    """Of a member whom the site does not know."""
    return interface.partition("/")[2].partition("@")[0]
