"""What is wrong with policies of backup staff: each by itself, and all of a site together.

Each part of a policy file has a module of its own; ``rules`` has the pages.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.findings import Findings
from ivrctl.staffing.policy_files.check_between import check_borrowing, check_people, check_queues
from ivrctl.staffing.policy_files.check_calendar import check_calendar
from ivrctl.staffing.policy_files.check_names import check_names
from ivrctl.staffing.policy_files.check_table import check_table
from ivrctl.staffing.policy_files.check_tiers import check_tiers
from ivrctl.staffing.policy_files.check_timing import check_timing
from ivrctl.staffing.policy_files.policy_file import PolicyFile
from ivrctl.staffing.policy_files.roster import Roster


def check_policy(name: str, file: PolicyFile, roster: Roster, findings: Findings) -> None:
    """Report what is wrong with one policy, whatever others there are."""
    check_names(name, file, roster.site, findings)
    check_tiers(file, roster, findings)
    check_table(file, roster.site, findings)
    check_timing(file, roster, findings)
    check_calendar(file, findings)


def check_policies(files: Mapping[str, PolicyFile], roster: Roster, findings: Findings) -> None:
    """Report what policies of one site have against each other, and tiers of one policy too.

    Args:
        files: by the policies' names, in their order.
        roster: of the site that they name.
        findings: receives what is wrong.
    """
    check_people(files, roster.site, findings)
    check_queues(files, findings)
    check_borrowing(files, roster, findings)
