"""``ivrctl kpi service-level``: five service levels of the same calls, and each call that makes them differ."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivrctl.acd.service_level import FORMULAS, OURS, Difference, Judgement, Level, Rule, Variant, differences, level
from ivrctl.acd.stay import Stay
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.commands.kpi import Asked, check_queue, print_json
from ivrctl.cli.commands.kpi_text import percent
from ivrctl.cli.commands.kpi_why import stay_json


def service_level(asked: Asked, *, is_explained: bool, as_json: bool) -> None:
    """Print the service levels of a time."""
    place, now = asked.place(), datetime.now(UTC)
    zone, rule, period = place.site.zone, asked.rule(place.site), asked.period(place.site, now)

    async def work(store: SiteStore) -> list[Stay]:
        books = BooksReader(store)
        found = await books.stays(period, asked.queue)
        if not found:
            await check_queue(asked.queue, place.site, books)
        return found

    stays = place.run(work)
    levels = [level(stays, variant, rule) for variant in Variant]
    explained = differences(stays, rule) if is_explained else []
    if as_json:
        print_json(_body(levels, explained, zone, rule))
        return
    sys.stdout.write(f"{len(stays)} joined; in time is up to {rule.answer_in.total_seconds():g} s\n")
    for one in levels:
        share = f"{one.part} / {one.whole}"
        sys.stdout.write(f"{one.variant:10} {percent(one.figure):>8}  {share:>13}  {FORMULAS[one.variant]}\n")
    if is_explained:
        sys.stdout.write(_explained(explained, len(stays), zone))


def _explained(found: Sequence[Difference], joined: int, zone: ZoneInfo) -> str:
    """The calls that do not count alike, a line each, with both views of it below where they differ in words."""
    alike = joined - len(found)
    lines = [f"\n{len(found)} do not count alike in all five, {alike} do\n"]
    lines.append(f"{'joined':19}  {'number':16} " + " ".join(f"{variant:>9}" for variant in Variant) + "\n")
    for one in found:
        joined_at = one.stay.joined_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        marks = " ".join(f"{_mark(one.judged[variant]):>9}" for variant in Variant)
        lines.append(f"{joined_at}  {one.stay.number or 'withheld':16} {marks}\n")
        lines += [f"    {text}\n" for text in _reasons(one)]
    return "".join(lines)


def _reasons(one: Difference) -> list[str]:
    """Why, of ours and of Asterisk's; each sentence once, with the variants that it is of."""
    by_reason: dict[str, list[str]] = {}
    for variant in Variant:
        by_reason.setdefault(one.judged[variant].why, []).append(str(variant))
    ours = {str(variant) for variant in OURS}
    return [f"{'all of ours' if set(of) == ours else ', '.join(of)}: {why}" for why, of in by_reason.items()]


def _mark(judged: Judgement) -> str:
    if not judged.is_counted:
        return "."
    return "ok" if judged.is_good else "late"


def _body(levels: Sequence[Level], found: Sequence[Difference], zone: ZoneInfo, rule: Rule) -> dict[str, object]:
    return {
        "threshold": rule.answer_in.total_seconds(),
        "short_abandon": rule.short_abandon.total_seconds(),
        "levels": {
            str(one.variant): {
                "value": one.figure.value,
                "part": one.part,
                "whole": one.whole,
                "formula": FORMULAS[one.variant],
            }
            for one in levels
        },
        "differences": [
            {
                "stay": stay_json(one.stay, zone),
                **{
                    str(variant): {"is_counted": judged.is_counted, "is_good": judged.is_good, "why": judged.why}
                    for variant, judged in one.judged.items()
                },
            }
            for one in found
        ],
    }
