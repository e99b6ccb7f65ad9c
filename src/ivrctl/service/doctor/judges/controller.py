"""The controller, as Asterisk reaches it: somebody listens, it is ours, and it takes calls."""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.service.doctor.conventions import Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.judges.dialplan import RELOAD
from ivrctl.service.doctor.observed import Expected, Observed, ProbeSeen


def judge(observed: Observed, expected: Expected, _conventions: Conventions) -> Iterator[Finding]:
    """The findings about who answers where the dialplan looks for a controller."""
    if not observed.is_controller_running:
        message = "no controller of this site runs on this machine: callers hear the fallback"
        yield Finding("IVR431", "ivrctl serve", message, (command("ivrctl serve SITE"),))
    if observed.probe is not None and observed.globals.get("IVRCTL_AGI"):
        yield from _answered(observed, observed.probe, expected)


def _answered(observed: Observed, probe: ProbeSeen, expected: Expected) -> Iterator[Finding]:
    address = observed.globals["IVRCTL_AGI"]
    place = "ivrctl.d/globals.conf IVRCTL_AGI"
    line = Paste("ivrctl.d/globals.conf", (f"IVRCTL_AGI = {expected.agi}",), instead_of="IVRCTL_AGI")
    paste = (line, RELOAD)
    match (probe.agi_status, probe.agi_next):
        case ("FAILURE", "") if observed.is_controller_running:
            yield Finding("IVR432", place, f"Asterisk does not reach {address}: nobody listens there for it", paste)
        case ("SILENT", _):
            message = f"what listens at {address} accepts Asterisk's connection and stays silent: it is no controller"
            yield Finding("IVR433", place, message, paste)
        case (None, _) | ("FAILURE", _):
            pass
        case (_, "probed") if probe.is_ours is not True:
            yield Finding("IVR434", place, f"the controller that answers at {address} is not this site's", paste)
        case (_, "probed"):
            pass
        case (_, "fallback"):
            message = f"the controller at {address} refuses calls: it is full, or it is leaving"
            yield Finding("IVR435", "ivrctl serve", message, (command("ivrctl status SITE"),))
        case _:
            yield Finding("IVR433", place, f"what answers at {address} is no controller that knows probe calls", paste)
