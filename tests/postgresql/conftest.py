"""Sites with lookups for the tests on a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ivrctl.adapters.site_databases import SiteDatabases
from ivrctl.flow.program import compile_site

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry.}
databases:
  shop: {url: {env: SHOP_URL}}
  local: {url: "sqlite:local.sqlite"}
lookups:
"""

OpenDatabases = Callable[[str, str], SiteDatabases]


@pytest.fixture
def open_databases(tmp_path: Path) -> OpenDatabases:
    """Databases of a site with some lookups, whose ``shop`` is at a URL."""

    def opened(url: str, lookups: str) -> SiteDatabases:
        site = SITE + "".join(f"  {line}\n" for line in lookups.strip().splitlines())
        program, findings = compile_site({"ivrctl.yaml": site.encode()})
        assert program is not None, findings.sorted()
        return SiteDatabases(program.site, tmp_path, {"SHOP_URL": url})

    return opened
