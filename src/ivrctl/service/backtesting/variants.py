"""What is compared on a day: no policy at all, those of the site, and files that are not served yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_text
from ivrctl.service.backtesting.running import Variant
from ivrctl.service.compiling import CompiledSite
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.policy_files.load import read_policies
from ivrctl.staffing.policy_files.policy_file import SUFFIX

NO_POLICY = "no policy"
SERVED = "as served"


class RejectedFileError(ConfigurationError):
    """A file has errors; ``told`` shows them."""

    exit_code = 1

    def __init__(self, path: str, told: str) -> None:
        """Keep what is to be shown."""
        super().__init__(f"{path} has errors", advice="ivrctl explain RULE")
        self.told = told


def variants_of(site: CompiledSite, files: Mapping[str, bytes], sources: Mapping[str, bytes]) -> tuple[Variant, ...]:
    """No policy; the site's, where it has some; and for each file the site's with it in its place.

    Args:
        site: as it is served.
        files: of policies, path to content, in the order in which they are to be shown.
        sources: the files of the site.

    Raises:
        RejectedFileError: one of them has errors.
        ConfigurationError: one of them is no policy.
    """
    served = (Variant(SERVED, site.policies),) if site.policies else ()
    tried = (_tried(path, content, site, sources) for path, content in files.items())
    return (Variant(NO_POLICY, {}), *served, *_named_apart(tuple(tried)))


def _tried(path: str, content: bytes, site: CompiledSite, sources: Mapping[str, bytes]) -> Variant:
    """The site's policies with that of a file instead of the one of its name, and of those that watch its queues."""
    if not path.endswith(SUFFIX):
        raise ConfigurationError(f"{path} is no policy", advice=f"name it {PurePath(path).name.split('.')[0]}{SUFFIX}")
    alone = _read({path: content}, path, site)
    name, new = next(iter(alone.items()))
    queues = set(new.queues)
    kept = {other for other, policy in site.policies.items() if other != name and queues.isdisjoint(policy.queues)}
    beside = {
        each: source
        for each, source in sources.items()
        if each.endswith(SUFFIX) and PurePath(each).name.removesuffix(SUFFIX) in kept
    }
    return Variant(PurePath(path).name, _read({**beside, path: content}, path, site))


def _read(files: Mapping[str, bytes], path: str, site: CompiledSite) -> Mapping[str, Policy]:
    findings = Findings()
    policies = read_policies(files, site.program.site, findings)
    if findings.has_errors:
        sources = {each: content.decode(errors="replace") for each, content in files.items()}
        raise RejectedFileError(path, render_text(findings, sources))
    return policies


def _named_apart(variants: Sequence[Variant]) -> Iterable[Variant]:
    """Two files of one name in two folders have a number behind it."""
    seen: dict[str, int] = {}
    for variant in variants:
        seen[variant.name] = seen.get(variant.name, 0) + 1
        number = seen[variant.name]
        yield variant if number == 1 else Variant(f"{variant.name} {number}", variant.policies)
