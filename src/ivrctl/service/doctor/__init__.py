"""What is wrong between a running Asterisk and this site, and the line to paste.

::

    examine(setup)
        looking       asks AMI, twice: as the controller's user, and as one that may look further
        probe_call    has Asterisk reach the controller and play a file: what is true on its side of the wall
            -> Observed           facts, and why a fact is missing
        judges        PURE: Observed, Expected -> Finding; one file per part of the set-up
            -> Report             findings in the order of the parts, and notes on what could not be seen

    names         the names that a site shares with the PBX, for whoever has the YAML at hand: the same judges
    finding       a finding: rule, severity, place, sentence, lines to paste
    conventions   which file a line belongs to: the PBX's own, or FreePBX's custom files
    rules         the rules, IVR401 and on

No judge asks and no looker judges, so every rule is tested without an Asterisk. Nothing here changes the PBX: the probe
call is the only thing that happens on it. Console output is never read; the right `command` is never asked for.
"""

from ivrctl.service.doctor.examination import Access, Setup, examine
from ivrctl.service.doctor.finding import Finding, Report

__all__ = ["Access", "Finding", "Report", "Setup", "examine"]
