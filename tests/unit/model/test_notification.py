from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from calendar_watch.errors import InvalidRequestError
from calendar_watch.model.notification import Credentials, PendingNotification
from calendar_watch.model.notification import Headers as Given

GENUINE = {
    "X-Goog-Channel-ID": "4ba78bf0-6a47-11e2-bcfd-0800200c9a66",
    "X-Goog-Message-Number": "10",
    "X-Goog-Resource-ID": "ret08u3rv24htgh289g",
    "X-Goog-Resource-State": "exists",
    "X-Goog-Resource-URI": "https://www.googleapis.com/calendar/v3/calendars/primary/events?alt=json",
    "X-Goog-Channel-Expiration": "Fri, 27 Nov 2026 10:00:00 GMT",
    "X-Goog-Channel-Token": "1.watch.signature",
}
RECEIVED = datetime(2026, 11, 20, 10, tzinfo=UTC)


def read(headers: Given) -> PendingNotification:
    return PendingNotification.from_headers(headers, "w", "c", RECEIVED)


def changed(header: str, value: str) -> PendingNotification:
    return read(GENUINE | {header: value})


def wrong_headers(headers: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidRequestError) as refusal:
        Credentials.from_headers(headers)
    return [header for header, _ in refusal.value.errors]


def test_a_notification_says_all_that_its_headers_say() -> None:
    assert Credentials.from_headers(GENUINE) == Credentials(
        channel_id="4ba78bf0-6a47-11e2-bcfd-0800200c9a66",
        token="1.watch.signature",  # noqa: S106 - an example
    )
    assert read(GENUINE) == PendingNotification(
        watch_id="w",
        channel_id="c",
        resource_id="ret08u3rv24htgh289g",
        resource_state="exists",
        expiration=datetime(2026, 11, 27, 10, tzinfo=UTC),
        received=RECEIVED,
    )


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title])
def test_headers_may_be_spelled_in_any_case(spelled: Callable[[str], str]) -> None:
    respelled = Headers({spelled(name): value for name, value in GENUINE.items()})
    assert Credentials.from_headers(respelled) == Credentials.from_headers(GENUINE)
    assert read(respelled) == read(GENUINE)


def test_all_but_channel_and_token_may_be_absent() -> None:
    notification = read({})
    assert (notification.resource_id, notification.resource_state, notification.expiration) == ("", "", None)


def test_a_channel_id_may_be_as_long_as_allowed_but_not_longer() -> None:
    longest = "aZ09-_+/" + 56 * "="
    assert Credentials.from_headers({"X-Goog-Channel-ID": longest}).channel_id == longest
    assert wrong_headers(GENUINE | {"X-Goog-Channel-ID": longest + "="}) == ["X-Goog-Channel-ID"]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Goog-Channel-ID", ""),
        ("X-Goog-Channel-ID", "a.b"),
        ("X-Goog-Channel-ID", "a\n"),
    ],
)
def test_a_malformed_channel_id_is_refused_by_name(header: str, value: str) -> None:
    assert wrong_headers(GENUINE | {header: value}) == [header]


def test_a_missing_channel_id_is_named() -> None:
    assert wrong_headers({}) == ["X-Goog-Channel-ID"]


def test_a_missing_token_is_for_whoever_verifies_it() -> None:
    assert Credentials.from_headers({"X-Goog-Channel-ID": "c"}).token is None


def test_a_refusal_says_what_would_have_been_right() -> None:
    with pytest.raises(InvalidRequestError, match="X-Goog-Channel-ID: must be 1 to 64 letters"):
        Credentials.from_headers({"X-Goog-Channel-ID": "a b"})


@pytest.mark.parametrize(
    ("header", "longest"), [("X-Goog-Resource-ID", 1024 * "~"), ("X-Goog-Resource-State", 32 * "_")]
)
def test_what_is_too_long_is_left_out(header: str, longest: str) -> None:
    assert changed(header, longest) != changed(header, longest + longest[-1]) == changed(header, "")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Goog-Resource-ID", ""),
        ("X-Goog-Resource-ID", "a\tb"),
        ("X-Goog-Resource-ID", "ä"),
        ("X-Goog-Resource-State", ""),
        ("X-Goog-Resource-State", "Exists"),
        ("X-Goog-Channel-Expiration", ""),
        ("X-Goog-Channel-Expiration", "1796135323456"),
        ("X-Goog-Channel-Expiration", "2026-11-27T10:00:00Z"),
        ("X-Goog-Channel-Expiration", "Fri, 27 Nov 2026 10:00:00 +9999999"),
        ("X-Goog-Channel-Expiration", "Fri, 31 Feb 2026 10:00:00 GMT"),
        ("X-Goog-Channel-Expiration", "Fri, 27 Nix 2026 10:00:00 GMT"),
    ],
)
def test_what_is_malformed_is_left_out(header: str, value: str) -> None:
    without = read({name: each for name, each in GENUINE.items() if name != header})
    assert changed(header, value) == without


def test_the_token_stays_out_of_logs() -> None:
    assert "signature" not in repr(Credentials.from_headers(GENUINE))


dates = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - UTC is given


@given(dates)
def test_an_expiration_is_read_to_the_second(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert changed("X-Goog-Channel-Expiration", format_datetime(whole, usegmt=True)).expiration == whole


names = st.sampled_from(sorted(GENUINE)) | st.text()
near_dates = st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [GMT+0-9]{3,9}", fullmatch=True)


@given(st.dictionaries(names, st.text() | st.sampled_from(sorted(GENUINE.values())) | near_dates))
def test_whatever_comes_is_read_or_refused(headers: dict[str, str]) -> None:
    for given_headers in (headers, GENUINE | headers):
        with suppress(InvalidRequestError):
            assert Credentials.from_headers(given_headers).channel_id
        assert read(given_headers).received == RECEIVED
