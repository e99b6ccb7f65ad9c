"""Which packages are known to be vulnerable: a question to an advisory service that speaks OSV's API.

One question for all packages, of which nothing but names and versions is told. Asked here rather than by pip-audit:
that brings twenty-five packages of its own, and where its service is a mirror that knows no advisories, it skips every
package and still says that none is vulnerable.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence

from pinned import Pinned

SERVICE = "https://api.osv.dev"
ANSWERS_WITHIN = 20.0
"""Seconds."""


class UnansweredError(Exception):
    """No service answered, or what answered is none."""


def known(packages: Sequence[Pinned], service: str) -> dict[Pinned, tuple[str, ...]]:
    """The advisories about packages that have any.

    Raises:
        UnansweredError: the service cannot be asked, or its answer cannot be read.
    """
    asked = {"queries": [_question(package) for package in packages]}
    answers = _answer(f"{service}/v1/querybatch", asked)
    if len(answers) != len(packages):
        raise UnansweredError(f"{service} answered {len(answers)} of {len(packages)} questions")
    ids = [tuple(each["id"] for each in (answer or {}).get("vulns", ())) for answer in answers]
    return {package: found for package, found in zip(packages, ids, strict=True) if found}


def _question(package: Pinned) -> dict[str, object]:
    return {"version": package.version, "package": {"name": package.name, "ecosystem": "PyPI"}}


def _answer(address: str, asked: dict[str, object]) -> list[dict[str, list[dict[str, str]]] | None]:
    request = urllib.request.Request(  # noqa: S310 - the address is whoever's who runs this
        address, json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN) as answer:  # noqa: S310 - the same
            return list(json.load(answer)["results"])
    except urllib.error.URLError as error:
        raise UnansweredError(f"{address} does not answer ({error.reason})") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnansweredError(f"{address} does not answer as an advisory service ({type(error).__name__})") from error
