"""Notification channels: what is asked for, what is answered, and how they end."""

from datetime import UTC, datetime

from tests.conformance.bench import ENTRIES, SETTINGS, Bench
from tests.conformance.claim import Finding, claim
from tests.conformance.exchange import JsonObject
from tests.conformance.sides.side import Need

_HOOK: tuple[Need, ...] = ("webhook",)
_HOUR, _TWO_DAYS, _WEEK = 3_600, 172_800, 604_800
_TOLERANCE = 60
_SPOKEN = "t=2"
_NOWHERE = "https://receiver.invalid/messages"
"""Nobody is there, should Google take what it ought to refuse."""


def _lives(b: Bench, channel: JsonObject) -> float:
    """Return for how many seconds, by the answer to watch; 0 if it does not say."""
    if "expiration" not in channel:
        return 0
    ends = datetime.fromtimestamp(int(channel["expiration"]) / 1000, UTC)
    return (ends - b.side.now()).total_seconds()


def _about(seconds: float, wanted: float) -> object:
    """Return what was wanted, if it was got in about."""
    return wanted if abs(seconds - wanted) <= _TOLERANCE else round(seconds)


@claim("methods, paths, parameters, fields, scopes", needs=_HOOK)
def watch_answers_with_the_channel(b: Bench) -> Finding:
    channel = b.opened(token=_SPOKEN)
    expected = ["expiration", "id", "kind", "resourceId", "resourceUri", "token"]
    return Finding([expected, "api#channel", _SPOKEN], [sorted(channel), channel.get("kind"), channel.get("token")])


@claim("channel id: at most 64 characters, unique")
def a_channel_id_of_65_characters_is_refused(b: Bench) -> Finding:
    return Finding(400, b.watch(id=b.channel_id().ljust(65, "x"), address=_NOWHERE).status)


@claim("channel id: alphabet")
def a_channel_id_with_an_exclamation_mark_is_refused(b: Bench) -> Finding:
    reply = b.watch(id=f"{b.channel_id()}!", address=_NOWHERE)
    return Finding("400 push.channelIdInvalid", reply.said)


@claim("channel id: at most 64 characters, unique", needs=_HOOK)
def a_channel_id_is_not_taken_twice(b: Bench) -> Finding:
    channel = b.opened()
    return Finding("400 channelIdNotUnique", b.watch(id=channel["id"]).said)


@claim("… spent for ever, also after stop", needs=_HOOK)
def the_id_of_a_stopped_channel_is_not_taken_again(b: Bench) -> Finding:
    channel = b.opened()
    b.stop(channel["id"], channel["resourceId"])
    return Finding("400 channelIdNotUnique", b.watch(id=channel["id"]).said)


@claim("types `web_hook` and `webhook`", needs=_HOOK)
def a_channel_may_be_spelled_in_one_word(b: Bench) -> Finding:
    return Finding(200, b.watch(type="webhook").status)


@claim("other types: 400 `push.channelTypeNotSupported`")
def a_channel_of_another_type_is_refused(b: Bench) -> Finding:
    return Finding("400 push.channelTypeNotSupported", b.watch(type="pigeon", address=_NOWHERE).said)


@claim("token at most 256 characters")
def a_token_of_257_characters_is_refused(b: Bench) -> Finding:
    return Finding(400, b.watch(token="t" * 257, address=_NOWHERE).status)


@claim("address over https only: 400 `push.webhookUrlNotHttps`")
def an_address_over_http_is_refused(b: Bench) -> Finding:
    return Finding("400 push.webhookUrlNotHttps", b.watch(address=_NOWHERE.replace("https", "http")).said)


@claim("address without a host: 400 `push.webhookUrlNoHostOrAddress`")
def an_address_without_a_host_is_refused(b: Bench) -> Finding:
    return Finding("400 push.webhookUrlNoHostOrAddress", b.watch(address="https:///messages").said)


@claim("400 `pushInvalidTtl`")
def a_ttl_of_no_number_is_refused(b: Bench) -> Finding:
    return Finding("400 pushInvalidTtl", b.watch(params={"ttl": "soon"}, address=_NOWHERE).said)


@claim("400 `pushNotSupportedForRequestedResource`", needs=("hands",))
def what_google_derives_cannot_be_watched(b: Bench) -> Finding:
    calendar_id, _ = b.side.hands.derived_calendar()
    reply = b.watch(b.at("events", calendar_id), address=_NOWHERE)
    return Finding("400 pushNotSupportedForRequestedResource", reply.said)


@claim("`eventTypes` of a watch", needs=_HOOK)
def a_watch_may_name_types_of_events(b: Bench) -> Finding:
    known, unknown = (b.watch(query={"eventTypes": each}).status for each in ("default", "xNew"))
    return Finding([200, 400], [known, unknown])


@claim("`expiration` in ms or `params.ttl` in seconds", needs=_HOOK)
def a_channel_lives_a_week_unless_told(b: Bench) -> Finding:
    return Finding(_WEEK, _about(_lives(b, b.opened()), _WEEK))


@claim("`expiration` in ms or `params.ttl` in seconds", needs=_HOOK)
def a_channel_lives_until_the_expiration_that_is_asked_for(b: Bench) -> Finding:
    ends = round((b.side.now().timestamp() + _HOUR) * 1000)
    return Finding(_HOUR, _about(_lives(b, b.opened(expiration=str(ends))), _HOUR))


@claim("**Q36**", "Q36", needs=_HOOK)
def a_channel_lives_as_long_as_is_asked_for(b: Bench) -> Finding:
    return Finding(_TWO_DAYS, _about(_lives(b, b.opened(params={"ttl": str(_TWO_DAYS)})), _TWO_DAYS))


@claim("at most a week, whatever is asked for", needs=_HOOK)
def a_channel_lives_a_week_at_most(b: Bench) -> Finding:
    return Finding(_WEEK, _about(_lives(b, b.opened(params={"ttl": str(4 * _WEEK)})), _WEEK))


@claim("both given: the earlier wins", needs=_HOOK)
def of_ttl_and_expiration_the_earlier_wins(b: Bench) -> Finding:
    later = str(round((b.side.now().timestamp() + _TWO_DAYS) * 1000))
    return Finding(_HOUR, _about(_lives(b, b.opened(params={"ttl": str(_HOUR)}, expiration=later)), _HOUR))


@claim("`expiration` in the answer as a string", needs=_HOOK)
def the_expiration_is_a_string(b: Bench) -> Finding:
    return Finding("str", type(b.opened().get("expiration")).__name__)


@claim("the same `resourceId` for every channel on a resource", needs=_HOOK)
def two_channels_on_a_resource_have_its_resource_id(b: Bench) -> Finding:
    first, second, other = b.opened(), b.opened(), b.opened(b.at("acl"))
    same = [channel["resourceId"] == first["resourceId"] for channel in (second, other)]
    return Finding([True, False], same)


@claim("`resourceUri` keeps the alias", needs=_HOOK)
def the_resource_uri_is_that_of_the_list_and_ends_in_alt_json(b: Bench) -> Finding:
    uri = b.opened("calendars/primary/acl").get("resourceUri", "")
    return Finding([True, True], ["/calendars/primary/acl?" in uri, "alt=json" in uri])


@claim("methods, paths, parameters, fields, scopes", needs=_HOOK)
def all_four_collections_can_be_watched(b: Bench) -> Finding:
    paths = (b.at("acl"), ENTRIES, b.at("events"), SETTINGS)
    return Finding([200] * 4, [b.watch(path).status for path in paths])


@claim("**Q17**", "Q17", needs=_HOOK)
def what_can_be_listed_can_be_watched(b: Bench) -> Finding:
    listed = b.ask("GET", b.at("events")).said
    watched = b.watch()
    told = watched.said if watched.error.get("domain") != "usageLimits" else "200"
    return Finding(["200", "200"], [listed, told])


@claim("**Q48**", "Q48", needs=_HOOK)
def ten_channels_may_be_open_at_once(b: Bench) -> Finding:
    said = {b.watch().said for _ in range(10)}
    return Finding([], sorted(each for each in said if "subscriptionRateLimit" in each))


@claim("stop: 204", needs=_HOOK)
def stopping_a_channel_is_answered_204(b: Bench) -> Finding:
    channel = b.opened()
    return Finding(204, b.stop(channel["id"], channel["resourceId"]).status)


@claim("stop of an unknown channel")
def stopping_a_channel_that_never_was_is_answered_404(b: Bench) -> Finding:
    reply = b.stop(b.channel_id(), "never-given")
    found = [reply.status, "not found for project" in reply.error.get("message", "")]
    return Finding([404, True], found)


@claim("stop of an unknown channel", needs=_HOOK)
def stopping_a_channel_by_another_resource_id_is_answered_404(b: Bench) -> Finding:
    channel = b.opened()
    return Finding(404, b.stop(channel["id"], "never-given").status)


@claim("stop of a channel that expired or was stopped", needs=_HOOK)
def stopping_a_channel_again_is_answered_404(b: Bench) -> Finding:
    channel = b.opened()
    statuses = [b.stop(channel["id"], channel["resourceId"]).status for _ in range(2)]
    return Finding([204, 404], statuses)


@claim("stop of a channel that expired or was stopped", needs=("webhook", "lifetimes"))
def stopping_a_channel_that_expired_is_answered_404(b: Bench) -> Finding:
    channel = b.opened(params={"ttl": "60"})
    b.side.pause(90)
    return Finding(404, b.stop(channel["id"], channel["resourceId"]).status)
