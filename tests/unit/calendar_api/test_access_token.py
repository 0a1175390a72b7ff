import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.calendar_api.access_token import AccessToken, Fetched

START = datetime(2026, 11, 27, 10, tzinfo=UTC)
LIFE = timedelta(hours=1)
SPARE = timedelta(minutes=1)


class Endpoint:
    """Gives a token for an hour, from whenever it is asked."""

    def __init__(self) -> None:
        self.now = START
        self.given = 0

    def fetch(self) -> Fetched:
        self.given += 1
        return Fetched(f"token {self.given}", (self.now + LIFE).replace(tzinfo=None))


@given(st.lists(st.integers(0, 4000), max_size=40))
def test_it_is_kept_for_its_whole_life_but_never_shown_in_its_last_minute(pauses: list[int]) -> None:
    endpoint = Endpoint()
    token = AccessToken(lambda: endpoint.now)
    ends = START
    for pause in pauses:
        endpoint.now += timedelta(seconds=pause)
        before = endpoint.given
        token.get(endpoint.fetch)
        assert endpoint.given - before == (endpoint.now >= ends - SPARE)
        if endpoint.given > before:
            ends = endpoint.now + LIFE
        assert token.valid
        assert ends - endpoint.now > SPARE


def test_one_without_an_end_is_kept_for_ever() -> None:
    token = AccessToken(lambda: datetime(2999, 1, 1, tzinfo=UTC))
    token.get(lambda: Fetched("token", None))
    assert token.get(pytest.fail) == Fetched("token", None)


def test_a_failure_is_not_kept() -> None:
    endpoint = Endpoint()
    token = AccessToken(lambda: endpoint.now)

    def refused() -> Fetched:
        raise PermissionError

    for _ in range(2):
        with pytest.raises(PermissionError):
            token.get(refused)
        assert not token.valid
    assert token.get(endpoint.fetch).text == "token 1"


def test_one_that_was_refused_is_thrown_away_even_where_no_other_can_be_had() -> None:
    endpoint = Endpoint()
    token = AccessToken(lambda: endpoint.now)
    token.refused(token.get(endpoint.fetch).text)
    assert not token.valid
    assert token.get(endpoint.fetch).text == "token 2"


def test_what_is_refused_after_it_has_been_replaced_costs_nothing() -> None:
    endpoint = Endpoint()
    token = AccessToken(lambda: endpoint.now)
    old = token.get(endpoint.fetch).text
    token.refused(old)
    token.get(endpoint.fetch)
    token.refused(old)
    assert token.valid


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released by each thread that begins to wait for what another one fetches."""
    semaphore = threading.Semaphore(0)

    class Heard(Future[Fetched]):
        def result(self, timeout: float | None = None) -> Fetched:
            semaphore.release()
            return super().result(timeout)

    monkeypatch.setattr("calendar_watch.calendar_api.access_token.Future", Heard)
    return semaphore


@pytest.mark.parametrize("ending", [Fetched("token", None), PermissionError()], ids=["a token", "a refusal"])
def test_who_comes_while_it_is_fetched_shares_the_outcome(
    ending: Fetched | Exception, waiting: threading.Semaphore
) -> None:
    token, begun, may_end = AccessToken(), threading.Event(), threading.Event()

    def fetch() -> Fetched:
        begun.set()
        assert may_end.wait(10)
        if isinstance(ending, Exception):
            raise ending
        return ending

    def outcome(how: Callable[[], Fetched]) -> object:
        try:
            return token.get(how)
        except PermissionError as error:
            return error

    with ThreadPoolExecutor(16) as pool:
        outcomes = [pool.submit(outcome, fetch)]
        assert begun.wait(10)
        outcomes += [pool.submit(outcome, pytest.fail) for _ in range(15)]
        assert all(waiting.acquire(timeout=10) for _ in range(15))
        may_end.set()
        assert [each.result() for each in outcomes] == [ending] * 16
