"""Starts controllers for the tests of the runner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from .controllers import SITE, Controller, Start, compiled


@pytest.fixture
async def controller_of(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a controller for one flow."""
    started: list[Controller] = []

    async def start(flow: str, site: str = SITE, **others: Any) -> Controller:
        controller = Controller(compiled(flow, site), tmp_path / "journal", **others)
        started.append(controller)
        await controller.start()
        return controller

    yield start
    for controller in started:
        await controller.close()
