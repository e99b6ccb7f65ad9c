"""What ivrctl stands on: a bill of materials, and whether anything in it is known to be vulnerable.

python .ci/audit bill [--requirements FILE]         prints CycloneDX JSON
python .ci/audit advisories [--service ADDRESS]     asks an advisory service that speaks OSV's API

Ends with 1 when a package is known to be vulnerable. A service that does not answer is no proof of anything: that is
said, and ends with 0, since a build without a network must not fail for it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from advisories import SERVICE, UnansweredError, known
from bill import bill_of
from pinned import read

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(prog="python .ci/audit", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("bill", "advisories"))
    parser.add_argument("--requirements", type=Path, default=ROOT / "requirements.txt")
    parser.add_argument("--service", default=SERVICE)
    asked = parser.parse_args()
    packages = read(asked.requirements)
    if asked.what == "bill":
        print(json.dumps(bill_of(packages, ROOT / "pyproject.toml"), indent=2))
        return 0
    try:
        found = known(packages, asked.service)
    except UnansweredError as error:
        print(f"NOT AUDITED: {len(packages)} packages could not be compared with known vulnerabilities: {error}")
        return 0
    for package, ids in found.items():
        print(f"{package.name} {package.version}: {', '.join(ids)}")
    print(f"{len(packages)} packages, {len(found)} of them with known vulnerabilities")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
