from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from calendar_watch.errors import InvalidRequestError
from calendar_watch.model.notification import Notification

GENUINE = {
    "X-Goog-Channel-ID": "4ba78bf0-6a47-11e2-bcfd-0800200c9a66",
    "X-Goog-Message-Number": "10",
    "X-Goog-Resource-ID": "ret08u3rv24htgh289g",
    "X-Goog-Resource-State": "exists",
    "X-Goog-Resource-URI": "https://www.googleapis.com/calendar/v3/calendars/primary/events?alt=json",
    "X-Goog-Channel-Expiration": "Fri, 27 Nov 2026 10:00:00 GMT",
    "X-Goog-Channel-Token": "1.watch.signature",
}
OPTIONAL = ("X-Goog-Channel-Expiration", "X-Goog-Channel-Token")


def changed(header: str, value: str) -> Notification:
    return Notification.from_headers(GENUINE | {header: value})


def wrong_headers(headers: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidRequestError) as refusal:
        Notification.from_headers(headers)
    return [header for header, _ in refusal.value.errors]


def test_a_notification_says_all_that_its_headers_say() -> None:
    assert Notification.from_headers(GENUINE) == Notification(
        channel_id="4ba78bf0-6a47-11e2-bcfd-0800200c9a66",
        message_number=10,
        resource_id="ret08u3rv24htgh289g",
        resource_state="exists",
        resource_uri="https://www.googleapis.com/calendar/v3/calendars/primary/events?alt=json",
        expiration=datetime(2026, 11, 27, 10, tzinfo=UTC),
        token="1.watch.signature",  # noqa: S106 - an example
    )


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title])
def test_headers_may_be_spelled_in_any_case(spelled: Callable[[str], str]) -> None:
    respelled = Headers({spelled(name): value for name, value in GENUINE.items()})
    assert Notification.from_headers(respelled) == Notification.from_headers(GENUINE)


def test_expiration_and_token_may_be_absent() -> None:
    notification = Notification.from_headers({n: v for n, v in GENUINE.items() if n not in OPTIONAL})
    assert (notification.expiration, notification.token) == (None, None)


@pytest.mark.parametrize(
    ("header", "longest"),
    [
        ("X-Goog-Channel-ID", "aZ09-_+/" + 56 * "="),
        ("X-Goog-Message-Number", 20 * "9"),
        ("X-Goog-Resource-ID", 1024 * "~"),
        ("X-Goog-Resource-State", 32 * "_"),
        ("X-Goog-Resource-URI", 2048 * "/"),
    ],
)
def test_each_header_may_be_as_long_as_allowed_but_not_longer(header: str, longest: str) -> None:
    assert changed(header, longest)
    assert wrong_headers(GENUINE | {header: longest + longest[-1]}) == [header]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Goog-Channel-ID", ""),
        ("X-Goog-Channel-ID", "a.b"),
        ("X-Goog-Channel-ID", "a\n"),
        ("X-Goog-Message-Number", ""),
        ("X-Goog-Message-Number", "0"),
        ("X-Goog-Message-Number", "-1"),
        ("X-Goog-Message-Number", "1.0"),
        ("X-Goog-Message-Number", "٣"),
        ("X-Goog-Resource-ID", ""),
        ("X-Goog-Resource-ID", "a\tb"),
        ("X-Goog-Resource-ID", "ä"),
        ("X-Goog-Resource-State", ""),
        ("X-Goog-Resource-State", "Exists"),
        ("X-Goog-Resource-URI", ""),
        ("X-Goog-Resource-URI", "https://example.com/\x00"),
        ("X-Goog-Channel-Expiration", ""),
        ("X-Goog-Channel-Expiration", "1796135323456"),
        ("X-Goog-Channel-Expiration", "2026-11-27T10:00:00Z"),
        ("X-Goog-Channel-Expiration", "Fri, 27 Nov 2026 10:00:00 +9999999"),
        ("X-Goog-Channel-Expiration", "Fri, 31 Feb 2026 10:00:00 GMT"),
        ("X-Goog-Channel-Expiration", "Fri, 27 Nix 2026 10:00:00 GMT"),
    ],
)
def test_a_malformed_header_is_refused_by_name(header: str, value: str) -> None:
    assert wrong_headers(GENUINE | {header: value}) == [header]


def test_every_missing_header_is_named_at_once() -> None:
    assert wrong_headers({}) == [name for name in GENUINE if name not in OPTIONAL]


def test_a_refusal_says_what_would_have_been_right() -> None:
    with pytest.raises(InvalidRequestError, match="X-Goog-Message-Number: must be a whole number"):
        changed("X-Goog-Message-Number", "many")


def test_the_token_stays_out_of_logs() -> None:
    assert "signature" not in repr(Notification.from_headers(GENUINE))


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
            assert Notification.from_headers(given_headers).message_number >= 1
