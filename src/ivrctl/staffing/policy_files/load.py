"""From the bytes of a site's policy files to policies, or to findings with their places."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.findings import Findings
from ivrctl.lang.named_files import bound_files
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.policy_files.check import check_policies, check_policy
from ivrctl.staffing.policy_files.policy_file import SUFFIX, PolicyFile
from ivrctl.staffing.policy_files.resolve import resolve
from ivrctl.staffing.policy_files.roster import Roster


def read_policies(files: Mapping[str, bytes], site: Site | None, findings: Findings) -> Mapping[str, Policy]:
    """Bind and check every policy file of a site; other files are passed over.

    Args:
        files: path as it is to be shown in findings -> content.
        site: what policies name; None for one that is broken itself: then only their shape is looked at.
        findings: receives what is wrong.

    Returns:
        The policies by name, in the order of their names, of the files that have no error.
    """
    bound = bound_files(PolicyFile, SUFFIX, files, findings)
    if site is None:
        return {}
    roster = Roster(site)
    for name, file in bound.items():
        check_policy(name, file, roster, findings)
    check_policies(bound, roster, findings)
    sound = {name: file for name, file in bound.items() if not findings.has_errors_in(file.span.path)}
    return {name: resolve(name, file, roster) for name, file in sound.items()}
