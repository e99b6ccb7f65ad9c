"""``ivrctl staffing reap``: its options. What it does is in ``commands.staffing_reap``."""

from __future__ import annotations

from ivrctl.cli.groups import command, staffing_app
from ivrctl.cli.options import AsJson, PbxOption, SiteOption, StateOption


@command(staffing_app, "staffing reap")
def reap(
    pbx: PbxOption = None,
    site: SiteOption = None,
    state: StateOption = None,
    as_json: AsJson = False,
) -> None:
    """End the memberships of a controller that is gone; no controller is needed."""
    from ivrctl.cli.commands.staffing_reap import reap as run

    run(pbx, site, state, as_json=as_json)
