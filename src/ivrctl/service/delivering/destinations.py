"""To whom something is delivered: as the site's current version declares its submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ivrctl.adapters.outbox import Entry
from ivrctl.adapters.submission_databases import SubmissionDatabases
from ivrctl.lang.types import Maybe
from ivrctl.model.delivery import Delivery, Failed
from ivrctl.model.values import Value
from ivrctl.site.site_file import Site
from ivrctl.site.submissions import Submission


class Destinations(Protocol):
    """Who takes what is delivered, as one version of a site declares it."""

    async def deliver(self, entry: Entry) -> Delivery:
        """Try once to deliver; within seconds, whoever is away."""

    async def close(self) -> None:
        """Let go of everything."""


class Posts(Protocol):
    """The site's interfaces, for what is sent to them."""

    async def post(self, submission: Submission, key: str, params: Mapping[str, Value]) -> Delivery:
        """Send the params as a JSON object, with the key in the header ``Idempotency-Key``."""

    async def close(self) -> None:
        """Close every connection."""


class SiteDestinations:
    """The databases and the interfaces of a site."""

    def __init__(self, site: Site, databases: SubmissionDatabases, posts: Posts) -> None:
        """Deliver what this site declares."""
        self._site = site
        self._databases = databases
        self._posts = posts

    async def deliver(self, entry: Entry) -> Delivery:
        """Deliver it, if the site still has its submission with these params."""
        submission = self._site.submissions.get(entry.submission)
        if submission is None:
            # Perhaps only until the next edit: it waits, and the alarm tells.
            return Failed(f"the site has no submission {entry.submission}")
        params = _as_declared(entry.params, submission)
        if isinstance(params, Failed):
            return params
        if submission.database is not None:
            return await self._databases.write(submission, entry.key, params)
        return await self._posts.post(submission, entry.key, params)

    async def close(self) -> None:
        """Close every connection."""
        await self._databases.close()
        await self._posts.close()


def _as_declared(kept: Mapping[str, Value], submission: Submission) -> Mapping[str, Value] | Failed:
    """What was kept, by the names that the site declares now: one that is new and may be none is none."""
    declared = {str(name): kind for name, kind in submission.params.items()}
    lacking = [name for name, kind in declared.items() if name not in kept and not isinstance(kind, Maybe)]
    foreign = [name for name in kept if name not in declared]
    if lacking or foreign:
        named = ", ".join([*(f"{name} is missing" for name in lacking), *(f"{name} is not taken" for name in foreign)])
        return Failed(f"the site declares other params by now: {named}")
    return {name: kept.get(name) for name in declared}
