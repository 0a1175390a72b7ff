from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.config.settings import ReceiverSettings, Settings
from calendar_watch.errors import InvalidSettingsError
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.policy import Policy

KEY, OLD_KEY = 32 * "k", 40 * "o"
RECEIVER = {"GOOGLE_CLOUD_PROJECT": "demo-project", "CHANNEL_TOKEN_KEYS": f"{KEY},{OLD_KEY}"}
DELEGATED = RECEIVER | {
    "NOTIFICATION_URL": "https://notifications.example.com/",
    "CALENDAR_SERVICE_ACCOUNT": "calendar@demo-project.iam.gserviceaccount.com",
    "SUBJECT_DOMAINS": "example.com",
}
ANONYMOUS = RECEIVER | {
    "NOTIFICATION_URL": "http://127.0.0.1:8081",
    "AUTH_MODE": "anonymous",
    "CALENDAR_API_ROOT": "http://127.0.0.1:8080/calendar/v3/",
}
SERVICE_ACCOUNT = {name: value for name, value in DELEGATED.items() if name != "SUBJECT_DOMAINS"} | {
    "AUTH_MODE": "service_account"
}
TOKEN_SERVICE = {name: value for name, value in DELEGATED.items() if name != "CALENDAR_SERVICE_ACCOUNT"} | {
    "AUTH_MODE": "token_service",
    "TOKEN_SERVICE_URL": "https://tokens.example.com/token?v=1",
}


def settings(**changes: str) -> Settings:
    return Settings.from_environ(DELEGATED | changes)


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidSettingsError) as error:
        Settings.from_environ(environ)
    return error.value.problems


def test_every_default_is_that_of_the_contract() -> None:
    assert settings() == Settings(
        google_cloud_project="demo-project",
        firestore_database="calendar-watch",
        channel_token_keys=(KEY, OLD_KEY),
        wakeup_topic="",
        pubsub_emulator_host="",
        log_level="INFO",
        notification_url="https://notifications.example.com/",
        resources=frozenset({"acl", "calendarList"}),
        auth_mode="delegated",
        calendar_service_account="calendar@demo-project.iam.gserviceaccount.com",
        subject_domains=frozenset({"example.com"}),
        internal_domains=frozenset(),
        baseline_in_stream=frozenset(),
        epoch=1,
        token_service_url="",
        calendar_api_root="https://www.googleapis.com/calendar/v3",
        calendar_calls_per_minute=6000,
        changes_topic="",
        handover_topic="",
        channel_ttl_seconds=604800,
        safety_sync_seconds=3600,
        audit_seconds=86400,
        change_retention_days=30,
        event_snapshot="fingerprint",
        renew_after_fraction=0.8,
        poll_seconds=900,
        probe_seconds=86400,
        confirm_seconds=120,
        settle_seconds=30,
        brake_seconds=60,
        believe_seconds=900,
        lease_seconds=60,
        sweep_threads=16,
        sweep_seconds=50,
        threads=4,
    )


@pytest.mark.parametrize(("threads", "slots"), [("1", 1), ("2", 1), ("3", 1), ("4", 2), ("16", 14)])
def test_wakeups_may_take_all_slots_but_two(threads: str, slots: int) -> None:
    assert settings(THREADS=threads).wakeup_slots == slots


def test_the_default_policy_is_the_policys_own_default() -> None:
    key = ChannelTokens([KEY]).fingerprint
    address, internal = "https://notifications.example.com/", frozenset({"example.com"})
    assert settings().policy == Policy(address=address, key=key, project="demo-project", internal_domains=internal)


def test_inside_is_where_users_are_acted_for_unless_domains_are_named() -> None:
    assert settings(SUBJECT_DOMAINS="a.example,b.example").policy.internal_domains == {"a.example", "b.example"}
    assert settings(INTERNAL_DOMAINS="Example.ORG, b.example").policy.internal_domains == {"example.org", "b.example"}
    assert Settings.from_environ(SERVICE_ACCOUNT).policy.internal_domains == frozenset()


def test_durations_accept_fractions() -> None:
    policy = settings(
        CHANNEL_TTL_SECONDS="9.5",
        RENEW_AFTER_FRACTION="0.5",
        SAFETY_SYNC_SECONDS="0",
        AUDIT_SECONDS="0.125",
        BASELINE_IN_STREAM="acl, settings",
        POLL_SECONDS="0.25",
        PROBE_SECONDS="0.5",
        CONFIRM_SECONDS="0.75",
        SETTLE_SECONDS="1.5",
        BRAKE_SECONDS="1.25",
        BELIEVE_SECONDS="2.25",
        LEASE_SECONDS="1.75",
        CHANGE_RETENTION_DAYS="0.5",
    ).policy
    assert policy == Policy(
        address="https://notifications.example.com/",
        key=ChannelTokens([KEY]).fingerprint,
        project="demo-project",
        internal_domains=frozenset({"example.com"}),
        baseline_in_stream=frozenset({"acl", "settings"}),
        channel_ttl=10,
        renew_after_fraction=0.5,
        safety_sync=timedelta(0),
        audit=timedelta(seconds=0.125),
        poll=timedelta(seconds=0.25),
        probe=timedelta(seconds=0.5),
        confirm=timedelta(seconds=0.75),
        settle=timedelta(seconds=1.5),
        brake=timedelta(seconds=1.25),
        believe=timedelta(seconds=2.25),
        lease=timedelta(seconds=1.75),
        retention=timedelta(hours=12),
    )


@pytest.mark.parametrize(("lease", "call"), [("60", 20), ("600", 20), ("30", 10), ("1.5", 0.5)])
def test_a_lease_is_longer_than_two_calls_to_google(lease: str, call: float) -> None:
    assert settings(LEASE_SECONDS=lease).call_seconds == call


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("NOTIFICATION_URL", "http://localhost:8081/x", "http://localhost:8081/x"),
        ("NOTIFICATION_URL", "http://127.255.0.1", "http://127.255.0.1"),
        ("NOTIFICATION_URL", "http://[::1]:80/", "http://[::1]:80/"),
        ("NOTIFICATION_URL", "https://example.com?a=b", "https://example.com?a=b"),
        ("FIRESTORE_DATABASE", "(default)", "(default)"),
        ("CHANNEL_TOKEN_KEYS", f" {KEY} , {OLD_KEY},\n", (KEY, OLD_KEY)),
        ("RESOURCES", "events, settings", frozenset({"events", "settings"})),
        ("SUBJECT_DOMAINS", "Example.COM, example.org", frozenset({"example.com", "example.org"})),
        ("CALENDAR_API_ROOT", "https://example.com/calendar/v3//", "https://example.com/calendar/v3"),
        ("EVENT_SNAPSHOT", "full", "full"),
        ("LOG_LEVEL", "DEBUG", "DEBUG"),
        ("SWEEP_THREADS", "256", 256),
        ("THREADS", "1000", 1000),
        ("CALENDAR_CALLS_PER_MINUTE", "1", 1),
        ("EPOCH", "2", 2),
        ("POLL_SECONDS", "  ", 900),
    ],
)
def test_a_variable_is_read_as_meant(variable: str, text: str, value: object) -> None:
    assert getattr(settings(**{variable: text}), variable.lower()) == value


WRONG = {
    "GOOGLE_CLOUD_PROJECT": ["", "a/b", "a b"],
    "FIRESTORE_DATABASE": ["Default", "a/b"],
    "NOTIFICATION_URL": [
        "",
        "example.com",
        "ftp://example.com",
        "https://",
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://[::2]",
        "http://0.0.0.0",
        "https://example.com/#a",
        "https://example.com/#",
        "https://me@example.com",
        "http://127.0.0.1:80@example.com",
        "http://127.0.0.1\\@example.com",
        "https://example.com/a b",
        "https://example.com:port",
    ],
    "CHANNEL_TOKEN_KEYS": ["", ",", 31 * "k", f"{KEY},short", KEY + "\x00" + KEY, KEY + "\udc80"],
    "RESOURCES": [",", "acl,calendars", "ACL"],
    "AUTH_MODE": ["none", "Delegated", "anonymous"],
    "CALENDAR_SERVICE_ACCOUNT": ["", "calendar", "a/b@example.com"],
    "SUBJECT_DOMAINS": ["", ",", "@example.com", "*.example.com", "example.com;example.org"],
    "INTERNAL_DOMAINS": ["@example.com", "*.example.com", "example.com;example.org", "example.com."],
    "EPOCH": ["0", "-1", "1.5", "next", "1000001"],
    "TOKEN_SERVICE_URL": ["http://example.com", "tokens"],
    "CALENDAR_API_ROOT": ["http://example.com", "https://example.com/?key=a", "https://example.com/#"],
    "CALENDAR_CALLS_PER_MINUTE": ["0", "-1", "1.5", "many", "inf"],
    "WAKEUP_TOPIC": ["wakeups", "projects/p/topics/"],
    "PUBSUB_EMULATOR_HOST": ["localhost", "http://localhost:8085", "localhost:8085/v1"],
    "CHANGES_TOPIC": ["changes", "topics/changes"],
    "HANDOVER_TOPIC": ["handover", "topics/handover"],
    "CHANNEL_TTL_SECONDS": ["0", "-1", "nan", "inf", "1e300", "a week"],
    "SAFETY_SYNC_SECONDS": ["-1", "never", "nan"],
    "AUDIT_SECONDS": ["-1", "daily", "nan"],
    "BASELINE_IN_STREAM": ["events", "acl,tasks"],
    "CHANGE_RETENTION_DAYS": ["0", "inf", "1e9"],
    "EVENT_SNAPSHOT": ["whole"],
    "LOG_LEVEL": ["debug", "NOTSET", "10"],
    "RENEW_AFTER_FRACTION": ["0.1", "1", "nan", "80%"],
    "POLL_SECONDS": ["0", "-1", "nan", "inf", "1e300"],
    "PROBE_SECONDS": ["0", "daily"],
    "BELIEVE_SECONDS": ["0", "nan"],
    "CONFIRM_SECONDS": ["0", "61000"],
    "SETTLE_SECONDS": ["0"],
    "BRAKE_SECONDS": ["0"],
    "LEASE_SECONDS": ["0.99", "nan"],
    "SWEEP_THREADS": ["0", "257", "2.5"],
    "THREADS": ["0", "1001", "2.5"],
    "SWEEP_SECONDS": ["0"],
}


@pytest.mark.parametrize(("variable", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_wrong_variable_is_named_alone(variable: str, text: str) -> None:
    [problem] = problems(DELEGATED | {variable: text})
    assert variable in problem


def test_every_variable_can_be_wrong() -> None:
    assert WRONG.keys() == {each.name.upper() for each in fields(Settings)}


def test_every_wrong_variable_is_named_in_one_error() -> None:
    wrong = {
        "NOTIFICATION_URL": "http://example.com",
        "RESOURCES": "tasks",
        "LEASE_SECONDS": "soon",
        "CALENDAR_API_ROOT": "http://example.com",
        "CHANNEL_TTL_SECONDS": "60",
    }
    required = ["GOOGLE_CLOUD_PROJECT", "CHANNEL_TOKEN_KEYS", "CALENDAR_SERVICE_ACCOUNT", "SUBJECT_DOMAINS"]
    with pytest.raises(InvalidSettingsError) as error:
        Settings.from_environ(wrong)
    for name in [*wrong, *required]:
        assert name in str(error.value)
    assert len(error.value.problems) == len(wrong) + len(required)


def test_a_problem_says_how_to_mend_it() -> None:
    assert problems({**DELEGATED, "LOG_LEVEL": "loud", "SUBJECT_DOMAINS": ""}) == [
        "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL",
        "SUBJECT_DOMAINS is not set and must be where AUTH_MODE is delegated",
    ]
    assert problems({**DELEGATED, "GOOGLE_CLOUD_PROJECT": ""}) == [
        "GOOGLE_CLOUD_PROJECT is not set and must be the id of your Google Cloud project"
    ]


@pytest.mark.parametrize("environ", [DELEGATED, ANONYMOUS, SERVICE_ACCOUNT, TOKEN_SERVICE])
def test_each_way_to_authenticate_needs_no_more_than_this(environ: dict[str, str]) -> None:
    assert Settings.from_environ(environ).auth_mode == environ.get("AUTH_MODE", "delegated")


@pytest.mark.parametrize(
    ("environ", "needed"),
    [
        (DELEGATED, ["CALENDAR_SERVICE_ACCOUNT", "SUBJECT_DOMAINS"]),
        (SERVICE_ACCOUNT, ["CALENDAR_SERVICE_ACCOUNT"]),
        (TOKEN_SERVICE, ["SUBJECT_DOMAINS", "TOKEN_SERVICE_URL"]),
    ],
)
def test_each_way_to_authenticate_asks_for_what_it_needs(environ: dict[str, str], needed: list[str]) -> None:
    without = {name: value for name, value in environ.items() if name not in needed}
    assert [problem.split()[0] for problem in problems(without)] == needed


def test_without_subject_domains_anonymous_takes_any_subject() -> None:
    assert Settings.from_environ(ANONYMOUS).subject_domains == frozenset()


def test_nobody_talks_to_google_anonymously() -> None:
    [problem] = problems(ANONYMOUS | {"CALENDAR_API_ROOT": ""})
    assert problem == "AUTH_MODE must not be anonymous unless CALENDAR_API_ROOT is a loopback address"


def test_a_channel_lives_long_enough_after_its_renewal_falls_due() -> None:
    enough = {"CHANNEL_TTL_SECONDS": "600", "RENEW_AFTER_FRACTION": "0.5", "CONFIRM_SECONDS": "149"}
    assert settings(**enough).policy.confirm == timedelta(seconds=149)
    [problem] = problems(DELEGATED | enough | {"CONFIRM_SECONDS": "150"})
    for name in enough:
        assert name in problem


@given(st.sampled_from([each.name.upper() for each in fields(Settings)]), st.text())
def test_no_value_of_a_variable_breaks_the_reading_of_it(variable: str, text: str) -> None:
    try:
        assert settings(**{variable: text}).policy
    except InvalidSettingsError as error:
        assert len(error.problems) == 1  # noqa: PT017 - most texts are wrong, but not all


def test_keys_are_in_no_error_and_no_repr() -> None:
    secret = 31 * "s"
    assert secret not in "".join(problems(DELEGATED | {"CHANNEL_TOKEN_KEYS": secret, "LEASE_SECONDS": secret}))
    assert KEY not in repr(settings())


def test_changes_are_published_where_there_is_a_topic_for_them() -> None:
    topic = "projects/p/topics/changes"
    assert not settings().policy.publishes
    assert settings(CHANGES_TOPIC=topic, EVENT_SNAPSHOT="full").policy.publishes
    assert settings(EVENT_SNAPSHOT="full").policy.whole_events


def test_the_receiver_asks_only_for_what_it_needs() -> None:
    assert ReceiverSettings.from_environ(RECEIVER | {"LEASE_SECONDS": "0", "AUTH_MODE": "none"}) == ReceiverSettings(
        google_cloud_project="demo-project",
        firestore_database="calendar-watch",
        channel_token_keys=(KEY, OLD_KEY),
        wakeup_topic="",
        pubsub_emulator_host="",
        log_level="INFO",
    )


def test_the_receiver_names_what_it_misses() -> None:
    with pytest.raises(InvalidSettingsError) as error:
        ReceiverSettings.from_environ({})
    assert [problem.split()[0] for problem in error.value.problems] == ["GOOGLE_CLOUD_PROJECT", "CHANNEL_TOKEN_KEYS"]
