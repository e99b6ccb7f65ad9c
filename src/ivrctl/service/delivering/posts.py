"""Sends submissions to the site's interfaces. How an interface is asked, ``adapters.interfaces`` knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ivrctl.adapters.interfaces.site_interfaces import SiteInterfaces
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused
from ivrctl.model.values import Value
from ivrctl.site.submissions import Submission

LONGEST = timedelta(seconds=10)
"""For one request; nobody waits for it, and what takes longer is tried again."""
KEY_HEADER = "Idempotency-Key"
"""As draft-ietf-httpapi-idempotency-key-header has it: the same for each try to deliver the same thing."""


class InterfacePosts:
    """The interfaces of one version of a site, for what is handed over."""

    def __init__(self, interfaces: SiteInterfaces) -> None:
        """Send to these; they are closed with it."""
        self._interfaces = interfaces

    async def post(self, submission: Submission, key: str, params: Mapping[str, Value]) -> Delivery:
        """Send the params as a JSON object, with the key in the header ``Idempotency-Key``."""
        interface, path = str(submission.http), str(submission.path)
        answer = await self._interfaces.post(interface, path, params, LONGEST, {KEY_HEADER: key})
        match answer:
            case Delivered():
                return answer
            case Refused(reason=reason) | Failed(reason=reason):
                return replace(answer, reason=f"the interface {interface}: {reason}")

    async def close(self) -> None:
        """Close every connection."""
        await self._interfaces.close()
