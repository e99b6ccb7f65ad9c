"""The commands, all of them: ``groups`` holds what they join, and each module of declarations adds its own."""

from __future__ import annotations

from ivrctl.cli import (  # noqa: F401 - each adds its commands
    agent_commands,
    customer_commands,
    kpi_commands,
    notice_commands,
    outbox_commands,
    pbx_commands,
    queue_commands,
    recommend_commands,
    serving_commands,
    site_commands,
    staffing_commands,
    staffing_reap,
    trial_commands,
)
from ivrctl.cli.groups import app

__all__ = ["app"]
