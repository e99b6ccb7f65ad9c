"""A log that cannot be written costs its lines, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from ivrctl.service.logs import ErrorStream


@pytest.fixture
def full() -> Iterator[int]:
    """A descriptor whose disk is full."""
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


def test_log_on_a_full_disk_raises_nothing(full: int) -> None:
    """Whoever has something to tell goes on with what he was doing."""
    structlog.WriteLogger(ErrorStream(full)).warning("a fault")  # type: ignore[arg-type]  # as it is configured


def test_log_whose_reader_has_gone_raises_nothing() -> None:
    """A pipe that nobody reads any more is no reason to leave."""
    reading, writing = os.pipe()
    os.close(reading)
    structlog.WriteLogger(ErrorStream(writing)).warning("a fault")  # type: ignore[arg-type]  # the same
    os.close(writing)


def test_line_is_there_at_once_and_whole(tmp_path: Path) -> None:
    """Also one with letters that no log should have to stumble over."""
    with (tmp_path / "log").open("wb") as log:
        structlog.WriteLogger(ErrorStream(log.fileno())).info("a call \udc80 电话")  # type: ignore[arg-type]  # the same
        assert (tmp_path / "log").read_text("utf-8") == "a call \\udc80 电话\n"


CONTROLLER = """
import sys
from ivrctl.cli import controller_process
controller_process._pass_over_rich()
import ivrctl.service.controller, ivrctl.service.queues, ivrctl.service.staffing.assembly, ivrctl.web.server
from ivrctl.service.logs import configure_logs
configure_logs(is_terminal=True)
try:
    raise LookupError("nothing is there")
except LookupError:
    ivrctl.service.controller.structlog.get_logger().exception("a turn failed")
print(*(name for name in sys.modules if name.partition(".")[0] in {"rich", "pygments"}))
"""


def test_a_controller_does_without_rich_and_still_logs_tracebacks_on_a_terminal() -> None:
    """It is loaded by nothing that a controller is made of; callers wait for what is."""
    ran = subprocess.run([sys.executable, "-c", CONTROLLER], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["rich"]
    assert "a turn failed" in ran.stderr
    assert "LookupError: nothing is there" in ran.stderr
