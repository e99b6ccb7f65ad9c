"""Puts backup staff together for a controller."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ivrctl.adapters.ami import Pace
from ivrctl.adapters.ami.messages import message_send
from ivrctl.adapters.ami.queue_actions import queue_log
from ivrctl.adapters.outbox import Outbox, Put
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.staffing_store import StaffingStore
from ivrctl.lang.findings import Findings
from ivrctl.model.values import Value
from ivrctl.service.forecasting.forecaster import Forecaster, ForecasterParts
from ivrctl.service.queues import QueueWatch
from ivrctl.service.site_versions import SiteVersions
from ivrctl.service.staffing.actuator import Actuator, ActuatorParts
from ivrctl.service.staffing.errands import Errands
from ivrctl.service.staffing.heads_up import HeadsUp
from ivrctl.service.staffing.keeping import StoreKeeper
from ivrctl.service.staffing.loop import LoopParts, StaffingLoop
from ivrctl.service.staffing.promise_watch import PromiseParts, PromiseWatch
from ivrctl.service.staffing.scenes import scene_of
from ivrctl.service.staffing.staffing import Staffing, StaffingParts
from ivrctl.service.staffing.telling import RoundsTold
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.policy_files.load import read_policies

ID_DIGITS = "23456789abcdefghjkmnpqrstuvwxyz"
ID_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a controller has that backup staff works with."""

    watch: QueueWatch
    versions: SiteVersions
    outbox: Outbox
    url: str
    """Of the site's database."""
    state: Path
    """The state folder: a controller of the same one is a successor."""
    log: Any
    """structlog's."""


def staffing_of(around: Surroundings) -> Staffing:
    """Put it together; nothing is opened yet."""

    def trouble(sentence: str) -> None:
        around.log.warning("staffing", trouble=sentence)

    pace, site_store = Pace(), SiteStore(around.url)
    store = StaffingStore(
        site_store,
        place=f"{socket.gethostname()}:{around.state}",
        holder=f"{os.getpid()}-{secrets.token_hex(4)}",
        on_trouble=trouble,
    )
    keeper = StoreKeeper(store, around.watch.now)
    actuator = Actuator(
        ActuatorParts(
            ami=around.watch,
            store=store,
            picture=lambda: around.watch.picture,
            changes=around.watch.changes,
            read_again=around.watch.read_again,
            now=around.watch.now,
            clock=lambda: datetime.now(UTC),
            seconds=pace.now,
            pause=pace.pause,
            on_trouble=trouble,
        )
    )
    errands, heads_up = Errands(trouble), _heads_up(around, trouble)
    promises = PromiseWatch(
        PromiseParts(
            scene=lambda: scene_of(around.watch, around.versions.current.site),
            policies=lambda: around.versions.policies,
            heads_up=heads_up,
            errands=errands,
            log=around.log,
            pause=pace.pause,
            on_fault=trouble,
        )
    )
    forecaster = Forecaster(
        ForecasterParts(
            url=around.url,
            site=lambda: around.versions.current.site,
            policies=lambda: around.versions.policies,
            now=around.watch.now,
            pause=pace.pause,
            on_fault=trouble,
        )
    )
    loop = StaffingLoop(
        LoopParts(
            changes=around.watch.changes,
            scene=lambda: scene_of(around.watch, around.versions.current.site),
            policies=lambda: around.versions.policies,
            keeper=keeper,
            actuator=actuator,
            shortfall=forecaster.shortfall,
            on_round=RoundsTold(around.log, errands, heads_up, partial(_entry, around.watch)),
            on_fault=trouble,
            now=around.watch.now,
            pause=pace.pause,
        )
    )
    return Staffing(
        StaffingParts(
            loop=loop,
            keeper=keeper,
            actuator=actuator,
            errands=errands,
            promises=promises,
            forecaster=forecaster,
            zone=lambda: around.versions.current.site.zone,
            store=site_store,
            policies=lambda: around.versions.policies,
            read_policy=lambda name, content: _read_policy(around.versions, name, content),
            now=around.watch.now,
            new_id=lambda: "o" + "".join(secrets.choice(ID_DIGITS) for _ in range(ID_LENGTH)),
            pause=asyncio.sleep,
        )
    )


def _heads_up(around: Surroundings, trouble: Callable[[str], None]) -> HeadsUp:
    async def hand(key: str, submission: str, params: Mapping[str, Value]) -> None:
        await around.outbox.put(Put(key, submission, params, datetime.now(UTC)))

    return HeadsUp(lambda: around.versions.current.site, partial(message_send, around.watch), hand, trouble)


async def _entry(watch: QueueWatch, queue: str, event: str, data: Sequence[str]) -> None:
    await queue_log(watch, queue, event, data=data)


def _read_policy(versions: SiteVersions, name: str, content: bytes) -> tuple[Policy | None, Findings]:
    findings = Findings()
    policies = read_policies({name: content}, versions.current.site, findings)
    return (None if findings.has_errors else next(iter(policies.values()), None)), findings
