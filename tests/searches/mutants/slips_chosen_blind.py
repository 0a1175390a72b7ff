"""Slips that were chosen without looking at the tests, and that no test noticed at that time."""

from tests.searches.mutants.slip import Edit, Slip

SLIPS = (
    Slip(
        "messages of a suspended watch bring its tries forward as those of any other",
        ("tests/scenarios/test_refusals.py",),
        (
            Edit(
                "decisions/refusals.py",
                "apart = _APART_WHEN_SUSPENDED if watch.health.suspended else _APART\n",
                "apart = _APART\n",
            ),
        ),
    ),
    Slip(
        "a watch that ends waits an hour for an unanswered channel",
        ("tests/unit/decisions/test_channel_lifecycle.py",),
        (
            Edit(
                "decisions/upkeep.py",
                "return channel.created + (INTENTS_STAY if watch.wanted else policy.confirm) <= now",
                "return channel.created + INTENTS_STAY <= now",
            ),
        ),
    ),
    Slip(
        "how long a change waits is counted from the last message",
        ("tests/unit/decisions/test_claim.py",),
        (
            Edit(
                "decisions/claim.py",
                "since = watch.reading.unread_since or min(each.received for each in notifications)",
                "since = min(each.received for each in notifications)",
            ),
        ),
    ),
    Slip(
        "page tokens that were refused long ago count as in a row",
        ("tests/unit/decisions/test_paging.py",),
        (Edit("decisions/listing/paging.py", "        page_refusals=0,\n", ""),),
    ),
    Slip(
        "what is told while an audit goes on may grow without bound",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "decisions/listing/audit.py",
                "return _with(watch, told=count) if count <= _MOST_TOLD else abandoned(watch)",
                "return _with(watch, told=count)",
            ),
        ),
    ),
    Slip(
        "more are due than were asked for",
        ("tests/contract/test_foreign_documents.py",),
        (Edit("firestore/store.py", "return values[:limit]", "return values"),),
    ),
    Slip(
        "contention is not waited out",
        ("tests/unit/firestore/test_client.py",),
        (
            Edit(
                "firestore/client.py",
                "predicate=if_exception_type(*_REPEATABLE)",
                "predicate=if_exception_type(*_UNANSWERED)",
            ),
        ),
    ),
    Slip(
        "a channel that has not spoken is shown in place of the live one",
        ("tests/unit/http/test_watch_view.py",),
        (
            Edit(
                "http/watch_view.py",
                "shown.watch.confirmed(shown.time) or shown.watch.newest",
                "shown.watch.newest",
            ),
        ),
    ),
    Slip(
        "a write that is refused for good is answered as an outage",
        ("tests/api/test_outages.py",),
        (
            Edit(
                "http/problems.py",
                '    RefusedWriteError: (HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),\n',
                "",
            ),
        ),
    ),
    Slip(
        "a mute channel counts as one that speaks once another is refused",
        ("tests/unit/decisions/test_refusals.py",),
        (
            Edit(
                "model/watch.py",
                "(refusal.reason.polls or self.mute or not self.confirmed(now))",
                "(refusal.reason.polls or not self.confirmed(now))",
            ),
        ),
    ),
    Slip(
        "the trouble that began last is shown for the one that was met last",
        ("tests/unit/decisions/test_refusals.py",),
        (
            Edit(
                "model/health.py",
                "key=lambda trouble: trouble.at, default",
                "key=lambda trouble: trouble.since, default",
            ),
        ),
    ),
    Slip(
        "a watch whose creation was not answered is taken for an old one",
        ("tests/scenarios/test_operators.py",),
        (
            Edit(
                "operations/register.py",
                "if before.discarded or before.created == wanted.created:",
                "if before.discarded:",
            ),
        ),
    ),
    Slip(
        "a first channel counts as a renewal",
        ("tests/scenarios/test_sweeps.py",),
        (
            Edit(
                "reconciler/steps.py",
                "self._result.renewed += self._lease.watch.channels.was_confirmed",
                "self._result.renewed += 1",
            ),
        ),
    ),
    Slip(
        "a channel that was replaced counts as lost",
        ("tests/unit/reconciler/test_telemetry.py",),
        (
            Edit(
                "reconciler/telemetry.py",
                "if channel.confirmed and channel.current and channel.id not in",
                "if channel.confirmed and channel.id not in",
            ),
        ),
    ),
    Slip(
        "a wake-up keeps Google waiting for as long as Firestore may take",
        ("tests/unit/test_wiring.py",),
        (Edit("wiring.py", "Tries(_WAKEUP_SECONDS, pubsub.WAITS)", "Tries(_RECEIVE_SECONDS, pubsub.WAITS)"),),
    ),
    Slip(
        "of what is too large by itself, nothing is taken",
        ("tests/unit/test_sizes.py",),
        (
            Edit(
                "sizes.py",
                "return max(1, sum(total <= most for total in accumulate(weights)))",
                "return sum(total <= most for total in accumulate(weights))",
            ),
        ),
    ),
    Slip(
        "the end of a lent token is taken for UTC, whatever its offset",
        ("tests/unit/calendar_api/test_credentials.py",),
        (
            Edit(
                "calendar_api/credentials.py",
                "return moment.astimezone(UTC).replace(tzinfo=None)",
                "return moment.replace(tzinfo=None)",
            ),
        ),
    ),
    Slip(
        "a pace that has returned is halved as if it had not",
        ("tests/unit/calendar_api/test_rate_limiter.py",),
        (
            Edit(
                "calendar_api/rate_limiter.py",
                "self._pace = max(_SLOWEST, self._pace_at(now) / 2)",
                "self._pace = max(_SLOWEST, self._pace / 2)",
            ),
        ),
    ),
    Slip(
        "children are written again as they are",
        ("tests/scenarios/test_follow.py",),
        (
            Edit(
                "reconciler/follow.py",
                "            if due != each:\n                yield due",
                "            yield due",
            ),
        ),
    ),
    Slip(
        "two failures that are far apart are a lasting trouble",
        ("tests/unit/decisions/test_refusals.py",),
        (Edit("model/health.py", "return self.count >= _LASTING_TRIES and self.at", "return self.at"),),
    ),
    Slip(
        "nobody looks at a watch when its channel expires",
        ("tests/unit/decisions/test_next_step.py",),
        (
            Edit(
                "decisions/next_step.py",
                "yield channel.expiration or channel.created + INTENTS_STAY",
                "yield channel.created + INTENTS_STAY",
            ),
        ),
    ),
    Slip(
        "a watch that is late in two ways counts by the later one",
        ("tests/scenarios/test_sweeps.py",),
        (
            Edit(
                "operations/sweep.py",
                "max(late.get(watch_id, 0.0), (began - since).total_seconds())",
                "(began - since).total_seconds()",
            ),
        ),
    ),
    Slip(
        "whoever may follow one resource may follow all",
        ("tests/unit/http/test_watch_request.py",),
        (
            Edit(
                "http/watch_request.py",
                "if not rules.resources.issuperset(names):",
                "if not rules.resources.intersection(names):",
            ),
        ),
    ),
    Slip(
        "an outage of a whole domain counts toward believing a refusal of this one watch",
        ("tests/unit/decisions/test_refusals.py",),
        (
            Edit(
                "decisions/refusals.py",
                "    if known is None or (known.reason.polls, known.common) != (refusal.reason.polls, refusal.common):",
                "    if known is None or known.reason.polls != refusal.reason.polls:",
            ),
        ),
    ),
    Slip(
        "a notification does not end a run of unannounced changes, so a channel that speaks is taken for mute",
        ("tests/unit/decisions/test_claim.py",),
        (
            Edit(
                "decisions/claim.py",
                "notified_at=since).with_channels(\n        unannounced_changes=0\n    )",
                "notified_at=since)",
            ),
        ),
    ),
    Slip(
        "after a renewal a safety reading that is an hour away is not brought forward",
        ("tests/unit/decisions/test_channel_lifecycle.py",),
        (
            Edit(
                "decisions/channel_lifecycle.py",
                "    if reading.read_at is None or reading.read_at > latest:",
                "    if reading.read_at is None:",
            ),
        ),
    ),
    Slip(
        "no timer is set for an intent that never answered, so an ended watch stays stopping for an hour",
        ("tests/unit/decisions/test_channel_lifecycle.py",),
        (
            Edit(
                "decisions/next_step.py",
                "        if not channel.confirmed:\n            yield",
                "        if channel.answered and not channel.confirmed:\n            yield",
            ),
        ),
    ),
    Slip(
        "a watch that an operator ended still counts as asked for by one when it is followed later",
        ("tests/unit/decisions/test_children.py",),
        (
            Edit(
                "decisions/registration.py",
                "    ended = replace(watch, wanted=False, by_operator=False)",
                "    ended = replace(watch, wanted=False)",
            ),
        ),
    ),
    Slip(
        "a resync that an operator asked for is put off by a day when a whole listing ends before it",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "decisions/listing/audit.py", "if watch.reading.audit.asked or not policy.audit", "if not policy.audit"
            ),
        ),
    ),
    Slip(
        "an exception that a page shows cancelled and a later one alive is cancelled in the end",
        ("tests/scenarios/test_events.py",),
        (
            Edit(
                "decisions/listing/merge.py",
                "return Notes(over=over, waiting=waiting)\n\n",
                "return Notes(over=over)\n\n",
            ),
        ),
    ),
    Slip(
        "a snapshot between two pieces claims fields that the reading before never saw",
        ("tests/scenarios/test_chunks.py",),
        (
            Edit(
                "reconciler/read_whole.py", "for field in new.fields if field in old.fields", "for field in new.fields"
            ),
        ),
    ),
    Slip(
        "a page of an audit that comes too late is asked for as long again",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "reconciler/steps.py",
                "audit.failed(page_size.too_late(watch, watch.reading.audit.listing), self._failure(error))",
                "audit.failed(watch, self._failure(error))",
            ),
        ),
    ),
    Slip(
        "a circle of pages that does not come by the first again is never noticed",
        ("tests/unit/model/test_page_trail.py",),
        (
            Edit(
                "model/listing.py",
                "page_token if pages.bit_count() == 1 else self.milestone",
                "self.milestone or page_token",
            ),
        ),
    ),
    Slip(
        "a page of the feed by time that was cut for its size is called complete",
        ("tests/scenarios/test_feed.py",),
        (Edit("operations/query.py", "complete=over and len(page) == len(within))", "complete=over)"),),
    ),
    Slip(
        "a delegation that is refused to a whole domain is answered as a refusal of what was asked for",
        ("tests/scenarios/test_outages.py",),
        (
            Edit(
                "operations/register.py",
                "return refusal if refusal and not refusal.common and (",
                "return refusal if refusal and (",
            ),
        ),
    ),
    Slip(
        "an erasure that goes on is answered as done",
        ("tests/api/test_ending.py",),
        (
            Edit(
                "../main.py",
                "202 if watch.erasing or watch.state(utc_now()) is not",
                "202 if watch.state(utc_now()) is not",
            ),
        ),
    ),
    Slip(
        "the first channel that never speaks is waited for twice as long",
        ("tests/scenarios/test_channels.py",),
        (
            Edit(
                "decisions/renewal.py",
                "doublings = max(watch.channels.unconfirmed - 1, 0)",
                "doublings = watch.channels.unconfirmed",
            ),
        ),
    ),
    Slip(
        "a listing that was wrong leaves the brake on",
        ("tests/unit/decisions/test_absences.py",),
        (
            Edit(
                "decisions/listing/absences.py",
                "watch.with_reading(brake=False, doubts=doubts + 1)",
                "watch.with_reading(doubts=doubts + 1)",
            ),
        ),
    ),
    Slip(
        "where audits were off, none is planned once they are on",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "decisions/listing/paging.py",
                "    if listing.whole or not watch.reading.audit.at:",
                "    if listing.whole:",
            ),
        ),
    ),
    Slip(
        "what was noted for an audit stays when all else that was read goes",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "decisions/listing/paging.py",
                "for number in range(watch.reading.noted)), TOLD]",
                "for number in range(watch.reading.noted))]",
            ),
        ),
    ),
    Slip(
        "the end of a watch is logged as a renewal",
        ("tests/unit/reconciler/test_telemetry.py",),
        (
            Edit(
                "reconciler/telemetry.py",
                "if after.wanted and channel.confirmed and channel.retired",
                "if channel.confirmed and channel.retired",
            ),
        ),
    ),
    Slip(
        "a part that splits with the last piece of a listing stays beside its halves",
        ("tests/scenarios/test_listings.py",),
        (Edit("reconciler/end_listing.py", "gone=[*told.gone, *names]", "gone=names"),),
    ),
    Slip(
        "what a worker had followed when it died is not remembered",
        ("tests/scenarios/test_follow.py",),
        (Edit("reconciler/follow.py", "self._lease.watch.with_following(any=True)", "self._lease.watch"),),
    ),
    Slip(
        "a wake-up that fails keeps its slot for ever",
        ("tests/api/test_renewing.py",),
        (
            Edit(
                "operations/slots.py",
                "        try:\n            yield\n        finally:\n            self._free.release()",
                "        yield\n        self._free.release()",
            ),
        ),
    ),
    Slip(
        "of two requests in a batch for one watch only the last counts",
        ("tests/api/test_batch.py",),
        (Edit("operations/register.py", "target, {**before, **named}", "target, named"),),
    ),
    Slip(
        "the same label twice is refused",
        ("tests/api/test_listing.py",),
        (Edit("http/parameters.py", "len(labels) < len(set(pairs))", "len(labels) < len(pairs)"),),
    ),
)
