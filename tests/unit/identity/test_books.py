"""How often somebody may guess: a lock that doubles, counts in windows, and what holds whatever comes in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.identity import Book, Books, Guessing, Locked, Receipt, Reserved, most_in_a_row, most_whatever_happens
from ivrctl.identity.books import DAY, MOST_A_DAY, AccountBooks, WindowBooks
from ivrctl.site.identity import AccountLock, CallerLock, Locks, SiteLock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOCK = AccountLock()
OPEN = Locks(caller=CallerLock(after=100_000), site=SiteLock(after=100_000))
"""Only accounts are locked."""


@dataclass
class Attack:
    """Somebody at an account, and what becomes of his guesses."""

    guessing: Guessing = field(default_factory=lambda: Guessing.of(OPEN))
    books: Books = field(default_factory=Books)
    now: datetime = NOON
    compared: list[datetime] = field(default_factory=list)
    """When the wrong guesses were taken that were compared."""
    pending: list[tuple[datetime, Receipt]] = field(default_factory=list)

    def reserve(self) -> Reserved | Locked:
        """A line begins to guess."""
        taken = self.guessing.reserve(self.books, self.now)
        if isinstance(taken, Reserved):
            self.books = taken.books
            self.pending.append((self.now, taken.receipt))
        return taken

    def settle(self, number: int, verdict: str) -> None:
        """One of the guesses under way is told what became of it."""
        if not self.pending:
            return
        taken_at, receipt = self.pending.pop(number % len(self.pending))
        if verdict == "wrong":
            self.compared.append(taken_at)
        elif verdict == "right":
            self.books = self.guessing.right(self.books, receipt)
        else:
            self.books = self.guessing.uncompared(self.books, receipt)

    def wrong(self) -> Reserved | Locked:
        """A wrong guess, from its beginning to its end."""
        taken = self.reserve()
        self.settle(-1, "wrong")
        return taken

    def most_in_a_day(self) -> int:
        """The most wrong guesses in any 24 hours."""
        times = sorted(self.compared + [at for at, _ in self.pending])
        return max((sum(at <= each < at + DAY for each in times) for at in times), default=0)


# the account


def test_account_is_locked_after_three_wrong_guesses_and_then_for_twice_as_long_each_time() -> None:
    """Five minutes, ten, twenty; a day at most."""
    attack = Attack()
    lengths = []
    for _ in range(14):
        taken = attack.wrong()
        while isinstance(taken, Locked):
            lengths.append((taken.until - attack.now) / MINUTE)
            attack.now = taken.until
            taken = attack.wrong()
    assert lengths == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]


def test_right_pin_begins_the_row_anew() -> None:
    """Two slips, and he is in: the next slip is the first again."""
    attack = Attack()
    for _ in range(3):
        attack.wrong()
        attack.wrong()
        assert isinstance(attack.reserve(), Reserved)
        attack.settle(-1, "right")
    assert isinstance(attack.wrong(), Reserved)


def test_ten_lines_at_once_have_three_guesses() -> None:
    """A guess is taken before anything is compared, so the fourth line is told at once."""
    attack = Attack()
    assert [isinstance(attack.reserve(), Reserved) for _ in range(10)] == [True] * 3 + [False] * 7


def test_guess_that_nobody_compared_is_given_back() -> None:
    """A customer who calls again and again while the database is away locks himself out of nothing."""
    attack = Attack()
    for _ in range(50):
        assert isinstance(attack.reserve(), Reserved)
        attack.settle(-1, "uncompared")


def test_day_of_an_account_is_bounded_also_when_the_customer_comes_in_between() -> None:
    """An attacker who waits until the row has begun anew is locked out by the day."""
    attack = Attack()
    taken: Reserved | Locked | None = None
    while not isinstance(taken, Locked):
        attack.now += timedelta(seconds=30)
        attack.wrong()
        attack.wrong()
        taken = attack.reserve()
        attack.settle(-1, "right")
    assert len(attack.compared) == MOST_A_DAY
    assert taken.until == attack.compared[0] + DAY


# the calling number and the site


@pytest.mark.parametrize("lock", [CallerLock(), SiteLock()])
def test_window_locks_after_its_count_and_opens_by_itself(lock: CallerLock | SiteLock) -> None:
    """So many wrong guesses within its time, and nothing more is taken for a time."""
    rules = WindowBooks(lock)
    book = None
    for _ in range(lock.after):
        taken = rules.reserve(book, NOON)
        assert not isinstance(taken, Locked)
        book = taken
    assert rules.reserve(book, NOON + lock.for_ - MINUTE) == Locked(NOON + lock.for_)
    assert not isinstance(rules.reserve(book, NOON + lock.for_), Locked)


def test_window_counts_wrong_guesses_only() -> None:
    """A busy site, where everybody gets in, is never locked."""
    rules = WindowBooks(CallerLock(after=2))
    book = None
    for _ in range(20):
        taken = rules.reserve(book, NOON)
        assert not isinstance(taken, Locked)
        book = rules.give_back(taken, taken.since)


def test_guess_of_a_window_that_is_over_is_given_back_to_nobody() -> None:
    """The next window has not taken it."""
    rules = WindowBooks(CallerLock())
    old = rules.reserve(None, NOON)
    assert not isinstance(old, Locked)
    new = rules.reserve(old, NOON + timedelta(hours=2))
    assert not isinstance(new, Locked)
    assert rules.give_back(new, old.since) == new


def test_one_lock_of_three_is_enough_and_takes_nothing_from_the_others() -> None:
    """The caller is told when the last of them ends; no book changes."""
    locks = Locks(account=AccountLock(after=1), caller=CallerLock(after=1, for_=timedelta(hours=3)))
    attack = Attack(Guessing.of(locks))
    attack.wrong()
    before = attack.books
    assert attack.wrong() == Locked(NOON + timedelta(hours=3), "caller")
    assert attack.books == before


# the clock


def test_clock_that_is_set_back_locks_nobody_for_longer_than_a_lock() -> None:
    """A machine that started ten years ahead: what was guessed then counts as guessed now, and is over in time."""
    attack = Attack(Guessing.of(Locks()), now=NOON + 3650 * DAY)
    for _ in range(3):
        attack.wrong()
    attack.now, attack.books = NOON, attack.books.by_clock(NOON)
    assert attack.wrong() == Locked(NOON + LOCK.first)
    attack.now = NOON + LOCK.first
    assert attack.books.by_clock(attack.now) == attack.books
    assert isinstance(attack.wrong(), Reserved)


def test_clocks_that_differ_by_seconds_change_no_book() -> None:
    """Of two controllers one is always ahead."""
    book = Book(NOON, NOON + MINUTE / 2, 2, 2)
    assert book.by_clock(NOON - MINUTE / 2) is book


# properties

STEPS = st.one_of(
    st.just("reserve"),
    st.tuples(st.integers(0, 9), st.sampled_from(["wrong", "right", "uncompared"])),
    st.integers(1, 60 * 30).map(lambda minutes: minutes * MINUTE),
    st.just("until"),
)
LOCKS = st.builds(
    AccountLock,
    after=st.integers(1, 10),
    first=st.sampled_from([MINUTE, 5 * MINUTE, timedelta(hours=1)]),
    longest=st.sampled_from([timedelta(hours=1), DAY, timedelta(days=7)]),
)


def play(steps: list[object], lock: AccountLock, *, is_known: bool) -> Attack:
    """Lines that guess, in any order; time passes; where ``is_known``, the customer comes in between."""
    attack = Attack(Guessing.of(Locks(lock, OPEN.caller, OPEN.site)))
    for step in steps:
        match step:
            case "reserve":
                attack.reserve()
            case "until":
                taken = attack.reserve()
                attack.now = taken.until if isinstance(taken, Locked) else attack.now
            case timedelta():
                attack.now += step
            case (int() as number, str() as verdict):
                attack.settle(number, "wrong" if verdict == "right" and not is_known else verdict)
            case _:
                raise AssertionError(step)
    return attack


@given(st.lists(STEPS, max_size=200), LOCKS)
def test_account_takes_no_more_guesses_in_a_day_than_computed(steps: list[object], lock: AccountLock) -> None:
    """SAFETY: while no right PIN comes, in any 24 hours and any order of lines, loss and return."""
    assert play(steps, lock, is_known=False).most_in_a_day() <= most_in_a_row(lock)


@given(st.lists(STEPS, max_size=400), LOCKS)
def test_account_takes_no_more_than_two_days_worth_whatever_happens(steps: list[object], lock: AccountLock) -> None:
    """SAFETY: also when the customer comes in between, as often as he likes."""
    assert play(steps, lock, is_known=True).most_in_a_day() <= most_whatever_happens()


@given(st.lists(STEPS, max_size=100), LOCKS)
def test_every_lock_ends(steps: list[object], lock: AccountLock) -> None:
    """SAFETY: within the longest lock, or the day, from now."""
    attack = play(steps, lock, is_known=True)
    taken = attack.reserve()
    assert isinstance(taken, Reserved) or attack.now < taken.until <= attack.now + max(lock.longest, DAY)


@given(st.lists(STEPS, max_size=100), LOCKS)
def test_right_pin_gets_in_when_the_lock_has_ended(steps: list[object], lock: AccountLock) -> None:
    """LIVENESS: at the time that was told, and not only at another one then."""
    attack = play(steps, lock, is_known=True)
    taken = attack.reserve()
    if isinstance(taken, Locked):
        attack.now = taken.until
        assert isinstance(attack.reserve(), Reserved)


@given(st.lists(STEPS, max_size=100), LOCKS)
def test_book_that_is_forgotten_says_nothing(steps: list[object], lock: AccountLock) -> None:
    """SAFETY: whoever keeps books may throw it away then."""
    book = play(steps, lock, is_known=True).books.account
    rules = AccountBooks(lock)
    if book is not None:
        later = rules.forgotten_at(book)
        assert rules.reserve(book, later) == rules.reserve(None, later)


def test_bounds_of_the_default_locks() -> None:
    """Eleven in a day; forty with a customer who calls all day."""
    assert most_in_a_row(LOCK) == 11
    assert most_whatever_happens() == 40
