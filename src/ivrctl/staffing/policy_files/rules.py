"""The rules of staffing policies."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.findings import Severity
from ivrctl.lang.rule import Rule, Shown, table

RULES: Mapping[str, Rule] = table(
    Rule(
        "IVR501",
        "a policy names what is not there",
        "A tier of an unknown group brings nobody, and an unknown queue is never busy: the policy would do nothing, "
        "without a word, on the day on which it is needed.",
        "queues: [sale]\n",
        "queues: [sales]\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR502",
        "a policy has no queue or no tier",
        "It would watch nothing, or bring nobody.",
        "queues: []\n",
        "queues: [sales]\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR503",
        "a name of a policy stands twice",
        "Two tiers of one name are one tier for reports and orders by hand. A queue or reason that stands twice is "
        "most likely one that was to be another.",
        "queues: [sales, sales]\n",
        "queues: [sales, support]\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR504",
        "a submission of a policy takes what it is not handed",
        "A heads-up hands over agent, name, policy, tier, queues, text and at; a warning policy, tier, text and at. A "
        "submission that needs anything else could never be delivered.",
        "heads_up: ticket\n",
        "heads_up: text-message\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR505",
        "a time, a count or a share of a policy is out of range",
        "It is most likely in another unit than was meant.",
        "window: 1s\n",
        "window: 5m\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR510",
        "a row has not one value for each tier",
        "The values of a row belong to the tiers by their order: with one too few, each tier behind the gap would come "
        "by the value of another. Write never for a tier that a row is not to bring.",
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        "triggers:\n  longest_wait: {engage: [20s, never], release: 10s}\n"
        "  expected_wait: {engage: [40s, 55s], release: 20s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR511",
        "a value of the table is out of range",
        "The figure of its row can never be there: the tier would never come, or never go home.",
        "triggers:\n  service_level: {engage: [85%, 75%], release: 920%}\n",
        "triggers:\n  service_level: {engage: [85%, 75%], release: 92%}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR512",
        "a row brings tiers in out of their order",
        "A tier comes only when the one before it is in. One that is wanted earlier than the tier before it would wait "
        "for something that nothing calls for.",
        "triggers:\n  longest_wait: {engage: [40s, 20s], release: 10s}\n",
        "triggers:\n  longest_wait: {engage: [20s, 40s], release: 10s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR513",
        "a release value is not on the calm side of every engage value",
        "At one and the same figure a tier would be wanted and be free to go: it would come and go for as long as the "
        "figure stays there.",
        "triggers:\n  longest_wait: {engage: [20s, 40s], release: 30s}\n",
        "triggers:\n  longest_wait: {engage: [20s, 40s], release: 10s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR514",
        "the first tier comes when every promise is broken",
        "Tiers of customers are promised an answer within some time, by the site file. Who is called in after the "
        "longest of them comes too late for everybody.",
        "triggers:\n  longest_wait: {engage: [90s, 120s], release: 10s}\n",
        "triggers:\n  longest_wait: {engage: [30s, 120s], release: 10s}\n",
        Shown.STAFFING,
        Severity.WARNING,
    ),
    Rule(
        "IVR515",
        "a row measures promises that nobody was made",
        "It would stay at nothing, whatever callers suffer, and never bring anybody.",
        "# ivrctl.yaml\ntiers: {vip: {priority: 10}}\n# main.staffing.yaml\n"
        "triggers:\n  promise_used: {engage: [60%, 80%], release: 30%}\n",
        "# ivrctl.yaml\ntiers: {vip: {priority: 10, answer: 15s}}\n# main.staffing.yaml\n"
        "triggers:\n  promise_used: {engage: [60%, 80%], release: 30%}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR520",
        "people cannot be brought like this",
        "The agents of a group are made members: bring: add. Who has paused is a member already, and only he himself "
        "ends his pause: bring: ask.",
        "tiers:\n  - {tier: break, people: {paused_for: [break]}, bring: add}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        "tiers:\n  - {tier: break, people: {paused_for: [break]}, bring: ask, patience: 2m}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR521",
        "a key does not go with how a tier's people come in",
        "Who is asked needs time to come, or the next tier would come at the same moment: patience says how long. "
        "Penalties and people who stay are for those who are added.",
        "tiers:\n  - {tier: break, people: {paused_for: [break]}, bring: ask}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        "tiers:\n  - {tier: break, people: {paused_for: [break]}, bring: ask, patience: 2m}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR522",
        "a tier brings nobody",
        "Its group is empty, or all of it stay with their own work. The tiers behind it would wait for its effect all "
        "the same.",
        "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add, keep_back: 2}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add, keep_back: 1}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR523",
        "a group with a queue of its own keeps nobody back",
        "Their own callers would wait for nobody while they help elsewhere. keep_back says how many stay; 0 says that "
        "all of them may come.",
        "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add, keep_back: 1}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR524",
        "a tier never comes",
        "No row has a value for it and no calendar holds it in, or it stands behind a tier of which that is so. Orders "
        "by hand alone would bring it, and nobody counts on that.",
        "triggers:\n  longest_wait: {engage: [20s, never], release: 10s}\n",
        "triggers:\n  longest_wait: {engage: [20s, 50s], release: 10s}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR525",
        "somebody is brought by two tiers",
        "One tier would want him in while the other wants him home, and each would undo what the other does.",
        "tiers:\n  - {tier: leaders, people: {group: leaders}, bring: add}\n"
        "  - {tier: others, people: {group: leaders}, bring: add}\n",
        "tiers:\n  - {tier: leaders, people: {group: leaders}, bring: add}\n"
        "  - {tier: others, people: {group: inspectors}, bring: add}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR526",
        "groups are lent to each other in turn",
        "When all are short at once, each helps where the others are at home, and none serves its own callers, whom it "
        "knows best. Lend in one direction.",
        "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add, keep_back: 1, queues: [sales]}\n"
        "  - {tier: sales, people: {group: sales-desk}, bring: add, keep_back: 0, queues: [support]}\n",
        "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add, keep_back: 1, queues: [sales]}\n"
        "  - {tier: leaders, people: {group: leaders}, bring: add, queues: [sales, support]}\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR527",
        "two policies watch one queue",
        "Neither knows whom the other has called in: both would come for the same callers, and each would be released "
        "by what the other has done.",
        "# main.staffing.yaml\nqueues: [sales]\n# evening.staffing.yaml\nqueues: [sales]\n"
        "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add, keep_back: 1}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        "# main.staffing.yaml\nqueues: [sales]\n# evening.staffing.yaml\nqueues: [support]\n"
        "tiers:\n  - {tier: sales, people: {group: sales-desk}, bring: add, keep_back: 0}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n",
        Shown.STAFFING,
        Severity.WARNING,
    ),
    Rule(
        "IVR530",
        "timing by which people come and go",
        "A tier that goes home sooner than it comes, or people who are called again as soon as they are gone, change "
        "seats at every swing of the load. Come fast, go slowly, and rest.",
        "timing: {engage_after: 5m, release_after: 1m, stay_at_least: 9m, rest_at_least: 9m, changes_per_hour: 40}\n",
        "timing: {engage_after: 1m, release_after: 9m, stay_at_least: 9m, rest_at_least: 9m, changes_per_hour: 40}\n",
        Shown.STAFFING,
        Severity.WARNING,
    ),
    Rule(
        "IVR531",
        "the ceiling holds a tier back for more than an hour",
        "Each person is a membership in each queue in which he comes in. With fewer changes an hour than a tier has "
        "memberships, it is not in when the hour of load is over.",
        "queues: [sales, support]\n"
        "timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 10m, changes_per_hour: 3}\n",
        "queues: [sales, support]\n"
        "timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 10m, changes_per_hour: 4}\n",
        Shown.STAFFING,
        Severity.WARNING,
    ),
    Rule(
        "IVR540",
        "a day or an hour of a calendar is malformed",
        "Days of the month are 1 to 31, one or a range such as 28-31. last: 3 is the last three days of each month, "
        "however long it is.",
        "calendar: [{days: [28-32], tiers: [leaders]}]\n",
        "calendar: [{days: [28-31], tiers: [leaders]}]\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR541",
        "a calendar holds other tiers in than the first ones",
        "Tiers come one after the other: one cannot be in without those before it.",
        "calendar: [{days: [1-3], tiers: [inspectors]}]\n",
        "calendar: [{days: [1-3], tiers: [leaders, inspectors]}]\n",
        Shown.STAFFING,
    ),
    Rule(
        "IVR542",
        "a calendar holds somebody in at every moment",
        "Who never goes home is no backup: his own queues in the site file say it better, and he signs on there by "
        "himself.",
        "calendar: [{tiers: [leaders]}]\n",
        'calendar: [{hours: "09:00-12:00", tiers: [leaders]}]\n',
        Shown.STAFFING,
        Severity.WARNING,
    ),
)
