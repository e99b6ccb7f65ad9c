"""One day that was made up so that every figure of it can be reckoned by hand: 20 November 2026, Berlin (UTC+1).

Times are local; seconds are exact unless a fraction is written. ``V`` is the queue vip, ``G`` general; T is 20 s, a
short abandon is below 5 s.

==== ===== ========= ====== ======================= ======= =====================================================
call queue joined    tier   what became of it       waited  talk
==== ===== ========= ====== ======================= ======= =====================================================
1    V     10:00:00  gold   answered by 8101           10 s  60 s, then 30 s wrap-up
2    V     10:05:00  gold   answered by 8102           20 s  120 s, no wrap-up: 8102 is idle at once
3    V     10:10:00         answered by 8101         20.4 s  30 s, then 30 s wrap-up
4    V     10:15:00  gold   abandoned                   3 s  a short one
5    V     10:20:00         abandoned                  15 s
6    V     10:25:00         abandoned                  50 s
7    V     10:31:00         timed out                  60 s
8    V     10:35:00  gold   left by key 1               8 s
9    V     10:40:00         withdrawn                  25 s
10   G     10:45:00         the queue was empty         5 s
11   G     10:50:00  gold   left for a call back       40 s
12   G     11:00:00         answered by 8102           90 s  still talking
13   G     11:01:00         waits still
14   G     11:05:00         unknown
==== ===== ========= ====== ======================= ======= =====================================================
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivrctl.acd.intervals import Intervals, day_of
from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd

ZONE = ZoneInfo("Europe/Berlin")
DAY = day_of(date(2026, 11, 20), ZONE)
HALF_HOURS = Intervals(ZONE, timedelta(minutes=30))
SHORT = timedelta(seconds=5)
T = timedelta(seconds=20)


def at(clock: str) -> datetime:
    """A time of the day, local, as an instant in UTC."""
    return datetime.fromisoformat(f"2026-11-20T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


def stay(  # noqa: PLR0913 - a line of the table
    number: int,
    queue: str,
    joined: str,
    end: StayEnd,
    waited: float | None = None,
    *,
    tier: str = "",
    agent: str = "",
    talk: float | None = None,
    key: str = "",
) -> Stay:
    """One call of the table."""
    left = None if waited is None else at(joined) + timedelta(seconds=waited)
    return Stay(
        queue=queue,
        uniqueid=f"1795000000.{number}",
        linkedid=f"1795000000.{number}",
        number=f"+4930{number:05}",
        line="7000",
        joined_at=at(joined),
        is_joined_exactly=True,
        position=1,
        tier=tier,
        end=end,
        key=key,
        left_at=left,
        interface=agent,
        talk_ended_at=None if talk is None or left is None else left + timedelta(seconds=talk),
        talk_ended_by="" if talk is None else "caller",
    )


FIRST, SECOND = "PJSIP/8101", "PJSIP/8102"
NOW = at("11:10:00")

STAYS = (
    stay(1, "vip", "10:00:00", StayEnd.ANSWERED, 10, tier="gold", agent=FIRST, talk=60),
    stay(2, "vip", "10:05:00", StayEnd.ANSWERED, 20, tier="gold", agent=SECOND, talk=120),
    stay(3, "vip", "10:10:00", StayEnd.ANSWERED, 20.4, agent=FIRST, talk=30),
    stay(4, "vip", "10:15:00", StayEnd.ABANDONED, 3, tier="gold"),
    stay(5, "vip", "10:20:00", StayEnd.ABANDONED, 15),
    stay(6, "vip", "10:25:00", StayEnd.ABANDONED, 50),
    stay(7, "vip", "10:31:00", StayEnd.TIMED_OUT, 60),
    stay(8, "vip", "10:35:00", StayEnd.KEY, 8, tier="gold", key="1"),
    stay(9, "vip", "10:40:00", StayEnd.WITHDRAWN, 25),
    stay(10, "general", "10:45:00", StayEnd.EMPTY, 5),
    stay(11, "general", "10:50:00", StayEnd.CALLED_BACK, 40, tier="gold"),
    stay(12, "general", "11:00:00", StayEnd.ANSWERED, 90, agent=SECOND),
    stay(13, "general", "11:01:00", StayEnd.WAITING),
    stay(14, "general", "11:05:00", StayEnd.UNKNOWN),
)


def span(agent: str, state: AgentState, began: str, ended: str | None, reason: str = "") -> AgentSpan:
    """One state of an agent."""
    return AgentSpan(agent, state, reason, at(began), None if ended is None else at(ended))


SPANS = (
    # 8101 signs on at 9:50 and off at 10:50: 3600 s.
    span(FIRST, AgentState.IDLE, "09:50:00", "10:00:05"),  # 605 s
    span(FIRST, AgentState.RINGING, "10:00:05", "10:00:10"),  # 5 s
    span(FIRST, AgentState.TALKING, "10:00:10", "10:01:10"),  # 60 s
    span(FIRST, AgentState.WRAP_UP, "10:01:10", "10:01:40"),  # 30 s
    span(FIRST, AgentState.IDLE, "10:01:40", "10:10:20.400"),  # 520.4 s
    span(FIRST, AgentState.TALKING, "10:10:20.400", "10:10:50.400"),  # 30 s
    span(FIRST, AgentState.WRAP_UP, "10:10:50.400", "10:11:20.400"),  # 30 s
    span(FIRST, AgentState.PAUSED, "10:11:20.400", "10:41:20.400", "lunch"),  # 1800 s
    span(FIRST, AgentState.IDLE, "10:41:20.400", "10:50:00"),  # 519.6 s
    # 8102 signs on at 10:05 and stays: until now 3900 s.
    span(SECOND, AgentState.IDLE, "10:05:00", "10:05:20"),  # 20 s
    span(SECOND, AgentState.TALKING, "10:05:20", "10:07:20"),  # 120 s
    span(SECOND, AgentState.IDLE, "10:07:20", "10:30:00"),  # 1360 s
    span(SECOND, AgentState.PAUSED, "10:30:00", "10:40:00", "training"),  # 600 s
    span(SECOND, AgentState.AWAY, "10:40:00", "11:01:30"),  # 1290 s
    span(SECOND, AgentState.TALKING, "11:01:30", None),  # 510 s by 11:10
)

GAPS = (Gap(at("11:04:00"), at("11:06:00"), "the connection to Asterisk was lost"),)
