"""Ordinary calls on what exists, and what Google was seen to refuse them with for no good reason."""

from tests.conformance.bench import ENTRIES, SETTINGS, Bench
from tests.conformance.claim import Finding, claim
from tests.conformance.exchange import Reply

_LIMITS = frozenset({"usageLimits"})
_TOLD = frozenset(
    {
        *("authError", "forbidden", "requiredAccessLevel", "insufficientPermissions", "notFound", "quotaExceeded"),
        *("rateLimitExceeded", "userRateLimitExceeded", "backendError", "internalError", "invalid"),
    }
)
"""Reasons that Google's guide to errors has, or that this table explains."""
_SIZE = 20


def _read(b: Bench) -> list[Reply]:
    """Ask for what every user has."""
    return [
        b.ask("GET", ENTRIES, maxResults=1),
        b.ask("GET", SETTINGS, maxResults=1),
        b.ask("GET", f"{ENTRIES}/primary"),
    ]


def _ordinary(b: Bench) -> list[Reply]:
    """Write as well, in a calendar of our own."""
    replies = [*_read(b), b.ask("POST", "calendars", b.calendar_body())]
    if replies[-1].status == 200:
        calendar_id = replies[-1].body["id"]
        event = b.ask("POST", b.at("events", calendar_id), b.event_body())
        lists = [b.ask("GET", b.at(collection, calendar_id)) for collection in ("events", "acl")]
        replies += [event, *lists, b.ask("DELETE", b.at("", calendar_id).rstrip("/"))]
    return replies


def _refused(replies: list[Reply], *statuses: int) -> Finding:
    """Expect none of them."""
    return Finding([], sorted({reply.said for reply in replies if reply.status in statuses}))


@claim("**Q10**", "Q10")
def lists_that_every_user_has_are_not_answered_404(b: Bench) -> Finding:
    return _refused(_read(b), 404)


@claim("**Q12**", "Q12", "Q19", "Q61")
def a_good_token_is_not_answered_401(b: Bench) -> Finding:
    return _refused(_read(b), 401)


@claim("**Q16**", "Q16")
def what_is_refused_has_a_reason_of_the_guide_to_errors_in_json(b: Bench) -> Finding:
    replies = [reply for _ in range(4) for reply in _read(b) if 400 <= reply.status < 500]
    odd = {f"{each.status} {each.reason or 'without a reason'}" for each in replies if each.reason not in _TOLD}
    return Finding([], sorted(odd))


@claim("**Q45**", "Q45")
def a_dozen_calls_meet_no_usage_limit(b: Bench) -> Finding:
    limited = {each.said for each in _ordinary(b) if each.error.get("domain") in _LIMITS or each.status == 429}
    return Finding([], sorted(limited - {"403 quotaExceeded", "403 accessNotConfigured"}))


@claim("**Q46**", "Q46")
def a_calendar_may_be_written_in(b: Bench) -> Finding:
    return Finding([], sorted({each.said for each in _ordinary(b) if each.reason == "quotaExceeded"}))


@claim("**Q47**", "Q47")
def a_dozen_calls_are_answered_without_500s(b: Bench) -> Finding:
    return _refused(_ordinary(b), 500, 502, 503, 504)


@claim("**Q60**", "Q60")
def who_has_a_calendar_is_a_calendar_user(b: Bench) -> Finding:
    return Finding([], sorted({each.said for each in _read(b) if each.reason == "notACalendarUser"}))


@claim("**Q15**", "Q15")
def an_api_that_was_activated_stays_so(b: Bench) -> Finding:
    replies = [reply for _ in range(4) for reply in _read(b)]
    return Finding([], sorted({each.said for each in replies if each.reason == "accessNotConfigured"}))


@claim("**Q08**", "Q08")
def a_page_of_twenty_events_comes_within_ten_seconds(b: Bench) -> Finding:
    for _ in range(_SIZE):
        b.new_event()
    return Finding(200, b.ask("GET", b.at("events"), maxResults=_SIZE).status)
