from __future__ import annotations

from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.site.check import bind_site
from ivrctl.site.site_file import Site

TEXT = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
asterisk:
  prompts: {ours: /p, asterisk: /p}
  spool: {ours: /s, asterisk: /s}
"""


def bound(ami: str = "") -> tuple[Site | None, list[str]]:
    findings = Findings()
    (node,) = load((TEXT + ami).encode(), "ivrctl.yaml", findings)
    return bind_site(node, findings), [item.rule for item in findings.sorted()]


def test_ami_has_the_defaults_of_the_files_that_are_included() -> None:
    """A site that says nothing is reached on loopback, as the users of ivrctl.d, with secrets from the environment."""
    site, rules = bound("  ami: {}\n")
    assert rules == []
    assert site is not None
    assert site.asterisk is not None
    ami = site.asterisk.ami
    assert (ami.host, ami.port, ami.user, ami.secret.env) == ("127.0.0.1", 5038, "ivrctl", "IVRCTL_AMI_SECRET")
    assert (ami.doctor.user, ami.doctor.secret.env) == ("ivrctl-doctor", "IVRCTL_DOCTOR_SECRET")


def test_ami_is_the_same_when_it_is_left_out() -> None:
    """Its key is needed for what is different only."""
    (plain, _), (empty, _) = bound(), bound("  ami: {}\n")
    assert plain is not None
    assert empty is not None
    assert plain.asterisk is not None
    assert empty.asterisk is not None
    assert plain.asterisk.ami == empty.asterisk.ami


def test_a_secret_in_the_site_file_is_refused() -> None:
    """The file is in version control; what stands in it is known."""
    assert bound("  ami: {secret: geheim}\n")[1] == ["IVR203"]


def test_a_secret_is_named_in_one_way() -> None:
    """Either by environment or by file."""
    assert bound("  ami: {secret: {env: A, file: b}}\n")[1] == ["IVR012"]


def test_a_port_is_one() -> None:
    """Anything else is a finding."""
    assert bound("  ami: {port: 65536}\n")[1] == ["IVR012"]
