"""``ivrctl staffing``: how backup staff stands, what would change and why, and orders by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from ivrctl.cli.codes import CHANGES, FINDINGS
from ivrctl.cli.commands.queue import print_json
from ivrctl.cli.sites import running_state
from ivrctl.cli.staffing_view.paint import Paint
from ivrctl.cli.staffing_view.plans import applied_lines, plan_lines
from ivrctl.cli.staffing_view.status import order_line, status_lines
from ivrctl.cli.staffing_view.why import decision_lines, history_lines, tier_lines
from ivrctl.cli.terminal import is_coloured
from ivrctl.errors import ConfigurationError
from ivrctl.lang.findings import did_you_mean
from ivrctl.web.client import RefusedRequestError, ask

APPLYING_WITHIN = 40.0
"""Seconds until a plan is carried out and seen, or it is said that it is not."""
HISTORY = 20


@dataclass(frozen=True, slots=True)
class Where:
    """Which site is meant, and how it is shown."""

    site: Path | None
    state: Path | None
    as_json: bool

    def ask(
        self, path: str, method: str = "GET", body: Mapping[str, Any] | None = None, within: float = 10.0
    ) -> dict[str, Any]:
        """The controller's answer."""
        return ask(running_state(self.site, self.state).api_socket, path, method, body=body, within=within)

    def show(self, body: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Print it."""
        if self.as_json:
            print_json(body)
        else:
            sys.stdout.writelines(lines)


def status(where: Where) -> None:
    """Print how every policy stands."""
    body = where.ask("/staffing")
    where.show(body, status_lines(body, _paint()))


def plan(where: Where, file: Path | None, policy: str) -> None:
    """Print what would be done now; exit code 3 where that is something."""
    body = where.ask(f"/staffing/plan?{urlencode({'policy': policy})}") if file is None else _planned(where, file)
    where.show(body, (line for each in body["plans"] for line in plan_lines(each, _paint())))
    if any(each["changes"] for each in body["plans"]):
        raise SystemExit(CHANGES)


def apply(where: Where, policy: str) -> None:
    """Carry out what is planned now; exit code 1 where something of it is not seen."""
    body = where.ask("/staffing/apply", "POST", {"policy": policy}, APPLYING_WITHIN)
    where.show(body, (line for each in body["applied"] for line in applied_lines(each, _paint())))
    if not all(change["done"] for each in body["applied"] for change in each["changes"]):
        raise SystemExit(FINDINGS)


def why(where: Where, what: str | None) -> None:
    """Print why every tier, or one, is as it is; or a decision from beginning to end."""
    body = where.ask("/staffing")
    tiers = [(policy, tier) for policy in body["policies"] for tier in policy["tiers"]]
    meant = [(policy, tier) for policy, tier in tiers if what in {None, tier["tier"], policy["policy"]}]
    if meant or what is None:
        shown = {"format_version": body["format_version"], "tiers": [{"policy": p["policy"], **t} for p, t in meant]}
        blocks = ("".join(tier_lines(policy, tier, _paint())) for policy, tier in meant)
        where.show(shown, ["\n".join(blocks) or "the site has no staffing policy\n"])
        return
    try:
        body = where.ask(f"/staffing/history/{quote(what, safe='')}")
    except RefusedRequestError as error:
        advice = did_you_mean(what, [tier["tier"] for _, tier in tiers]) or "ivrctl staffing history"
        raise ConfigurationError(f'no tier and no decision is "{what}"', advice=advice) from error
    where.show(body, decision_lines(body["decision"], _paint()))


def history(where: Where, limit: int, policy: str) -> None:
    """Print the last decisions that changed something."""
    body = where.ask(f"/staffing/history?{urlencode({'limit': limit, 'policy': policy})}")
    where.show(body, history_lines(body["decisions"]))


def order(where: Where, body: Mapping[str, Any]) -> None:
    """Order something by hand."""
    answered = where.ask("/staffing/orders", "POST", body)
    where.show(answered, (f"order {order_line(each)}\n" for each in answered["orders"]))


def cancel(where: Where, id_: str | None) -> None:
    """End an order; the only one where none is named."""
    orders = [order for policy in where.ask("/staffing")["policies"] for order in policy["orders"]]
    if id_ is None and len(orders) != 1:
        advice = f"one of: {' '.join(order['id'] for order in orders)}" if orders else "ivrctl staffing status"
        raise ConfigurationError(f"{len(orders) or 'no'} orders are in force", advice=advice)
    answered = where.ask(f"/staffing/orders/{quote(orders[0]['id'] if id_ is None else id_, safe='')}", "DELETE")
    where.show(answered, [f"ended: {order_line(answered['order'])}\n"])


def _planned(where: Where, file: Path) -> dict[str, Any]:
    """By a file that is not served."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}", advice="--policy FILE") from error
    try:
        return where.ask("/staffing/plan", "POST", {"name": file.name, "content": content})
    except RefusedRequestError as error:
        if "rejected" not in error.body:
            raise
        sys.stdout.write(f"{error.body['rejected'].rstrip()}\n")
        raise SystemExit(FINDINGS) from error


def _paint() -> Paint:
    return Paint(is_coloured())
