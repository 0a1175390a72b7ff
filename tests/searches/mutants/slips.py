"""The slips. Each was somebody's bug once, or could have been."""

from tests.searches.mutants import (
    slips_chosen_blind,
    slips_of_baselines,
    slips_of_exposure,
    slips_of_instances,
    slips_of_limits,
    slips_of_restores,
    slips_of_sweeps,
)
from tests.searches.mutants.slip import Edit, Slip

SLIPS = (
    Slip(
        "news are deleted after the listing, not at the claim",
        ("tests/scenarios/test_readings.py",),
        (
            Edit(
                "reconciler/lease.py",
                "Write(WriteKind.CLAIM, decided, notifications=notifications)",
                "Write(WriteKind.CLAIM, decided)",
            ),
            Edit(
                "reconciler/reconcile.py",
                "            finally:\n",
                "                [*map(self._steps._services.store.drop, notifications)]\n            finally:\n",
            ),
        ),
    ),
    Slip(
        "a commit is on no condition",
        ("tests/contract/test_store.py",),
        (
            Edit(
                "firestore/store.py",
                "batch.update(reference, document, option=self._client.write_option(last_update_time=watch.version))",
                "batch.set(reference, document)",
            ),
        ),
    ),
    Slip(
        "the sync token is saved before the changes",
        ("tests/scenarios/test_listings.py",),
        (
            Edit(
                "reconciler/read_pages.py",
                "        while True:\n            piece",
                "        early = watch.with_reading(sync_token=stretch.page.sync_token or watch.reading.sync_token)\n"
                "        self._lease.advance(Write(WriteKind.COMMIT, early))\n"
                "        watch = self._lease.watch\n"
                "        while True:\n            piece",
            ),
        ),
    ),
    Slip(
        "the old channel is stopped before the new one is confirmed",
        ("tests/scenarios/test_channels.py",),
        (
            Edit(
                "decisions/upkeep.py",
                "    live = None if watch.baseline.under_way else watch.confirmed(now)\n    older",
                "    live = watch.newest\n    older",
            ),
        ),
    ),
    Slip(
        "a watch is released without looking for news again",
        ("tests/scenarios/test_readings.py", "tests/scenarios/test_channels.py"),
        (Edit("reconciler/reconcile.py", "_PAUSES = (0, 1, 4)", "_PAUSES = (0,)"),),
    ),
    Slip(
        "a late worker stops its channel",
        ("tests/scenarios/test_readings.py",),
        (
            Edit(
                "reconciler/lease.py",
                "        if self.watch.schedule.holder != self._nonce:\n            raise LeaseLostError",
                "        _ = self._nonce",
            ),
        ),
    ),
    Slip(
        "an unknown channel is ignored",
        ("tests/scenarios/test_channels.py",),
        (Edit("decisions/claim.py", "return _orphaned(watch, notification, now)", "return watch"),),
    ),
    Slip(
        "a message for one watch has the channel of another stopped",
        ("tests/scenarios/test_channels.py",),
        (Edit("decisions/claim.py", "if notification.resource_id not in watch.channels.resource_ids or", "if"),),
    ),
    Slip(
        "an unsigned header overrules Google's answer",
        ("tests/scenarios/test_channels.py", "tests/unit/decisions/test_claim.py"),
        (Edit("decisions/claim.py", "return channel.expiration if channel.expiration_said else", "return"),),
    ),
    Slip(
        "however many channels in a row are mute, the watch is called active",
        ("tests/scenarios/test_mute_channels.py",),
        (Edit("model/watch.py", "return self.channels.mute > 1 + bool(self.target.event_types)", "return False"),),
    ),
    Slip(
        "a first message counts as the announcement of a change",
        ("tests/scenarios/test_mute_channels.py",),
        (Edit("decisions/claim.py", "if notification.resource_state != SYNC:", "if notification:"),),
    ),
    Slip(
        "a channel without event types is never tried",
        ("tests/scenarios/test_mute_channels.py",),
        (
            Edit(
                "decisions/channel_lifecycle.py",
                " if watch.channels.without_types else watch.target",
                " if not watch else watch.target",
            ),
        ),
    ),
    Slip(
        "what is read by the clock beside an opening counts against the new channel",
        ("tests/scenarios/test_mute_channels.py",),
        (
            Edit(
                "decisions/channel_lifecycle.py",
                "return watch.with_reading(read_cause=ReadCause.OPENED) if",
                "return watch if",
            ),
        ),
    ),
    Slip(
        "a channel is waited for from its intent on, however long the answer took",
        ("tests/unit/decisions/test_channel_lifecycle.py",),
        (Edit("model/channel.py", "return self.opened or self.created", "return self.created"),),
    ),
    Slip(
        "a user's own calendar is asked for by address",
        ("tests/unit/calendar_api/test_api.py",),
        (Edit("calendar_api/api.py", '"primary" if own else ', ""),),
    ),
    Slip(
        "a renamed user's calendars are no longer the user's",
        ("tests/unit/decisions/test_children.py",),
        (Edit("decisions/children.py", "{subject.lower()} | primary if subject", "{subject.lower()} if subject"),),
    ),
    Slip(
        "a renamed user's own calendar gets another watch",
        ("tests/unit/decisions/test_children.py",),
        (
            Edit(
                "decisions/children.py",
                'return subject if subject and calendar.get("primary") else calendar_id',
                "return calendar_id",
            ),
        ),
    ),
    Slip(
        "any date in a header is believed",
        ("tests/unit/decisions/test_claim.py",),
        (Edit("decisions/claim.py", "if told and now < told <= now + _LONGEST_LIFETIME else None", ""),),
    ),
    Slip(
        "a message with a header that is new to us is refused",
        ("tests/api/test_notifications.py",),
        (
            Edit(
                "model/notification.py",
                "return parsedate_to_datetime(_well_formed(text, _DATE))\n    return None",
                "return parsedate_to_datetime(_well_formed(text, _DATE)) if text else None\n"
                '    raise InvalidRequestError(("X-Goog-Channel-Expiration", "is odd"))',
            ),
        ),
    ),
    Slip(
        "a traceback tells what Google said before",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("operations/workers.py", "            _forget_googles_words(error)\n", ""),),
    ),
    Slip(
        "a message is answered 204 although Firestore failed",
        ("tests/api/test_outages.py",),
        (
            Edit(
                "http/problems.py", "StoreError: (HTTPStatus.SERVICE_UNAVAILABLE", "StoreError: (HTTPStatus.NO_CONTENT"
            ),
        ),
    ),
    Slip(
        "404 on stop is a failure",
        ("tests/unit/calendar_api/test_api.py", "tests/scenarios/test_channels.py"),
        (
            Edit(
                "calendar_api/api.py", "_quota_user(target), body, _GONE)", "_quota_user(target), body, _GONE - {404})"
            ),
        ),
    ),
    Slip(
        "changes are published out of order",
        ("tests/scenarios/test_publishing.py",),
        (Edit("pubsub.py", "map(_change, entries)", "map(_change, reversed(entries))"),),
    ),
    Slip(
        "changes are counted as published before they are",
        ("tests/scenarios/test_publishing.py",),
        (
            Edit(
                "decisions/next_step.py", "    if not policy.publishes:\n        watch", "    if watch:\n        watch"
            ),
        ),
    ),
    Slip(
        "a reading for news is not repeated",
        ("tests/scenarios/test_readings.py",),
        (
            Edit(
                "decisions/reading.py",
                "if resynced or watch.reading.read_cause in {ReadCause.OPENED, ReadCause.NOTIFICATION}:",
                "if resynced:",
            ),
        ),
    ),
    Slip(
        "an emptied listing is believed at once",
        ("tests/scenarios/test_readings.py", "tests/scenarios/test_events.py"),
        (
            Edit(
                "decisions/listing/absences.py",
                "return Verdict.BELIEVED if second or proofs.count(Proof.GONE) == missing else Verdict.SEEN_AGAIN",
                "return Verdict.BELIEVED",
            ),
        ),
    ),
    Slip(
        "what is missing is believed although Google shows it",
        ("tests/scenarios/test_readings.py", "tests/scenarios/test_events.py"),
        (Edit("decisions/listing/absences.py", "if {Proof.ALIVE, Proof.SILENT}", "if {Proof.SILENT}"),),
    ),
    Slip(
        "what is missing is believed to be gone as Google does not answer",
        ("tests/scenarios/test_readings.py", "tests/scenarios/test_events.py"),
        (Edit("decisions/listing/absences.py", "if {Proof.ALIVE, Proof.SILENT}", "if {Proof.ALIVE}"),),
    ),
    Slip(
        "what Google has shown is believed to be gone as it refuses to say any more",
        ("tests/scenarios/test_readings.py", "tests/scenarios/test_events.py"),
        (Edit("decisions/listing/absences.py", " or (doubts and Proof.REFUSED in proofs):", ":"),),
    ),
    Slip(
        "after 410 the difference is dropped",
        ("tests/scenarios/test_events.py",),
        (
            Edit(
                "decisions/listing/paging.py",
                "    if is_baseline(watch):\n        return watch\n    changes",
                "    if is_baseline(watch) or watch.reading.resyncing:\n        return watch\n    changes",
            ),
        ),
    ),
    Slip(
        "a sync token that is refused with 400 is tried for ever",
        ("tests/unit/calendar_api/test_api.py",),
        (Edit("calendar_api/api.py", "if page_token or sync_token else", "if page_token else"),),
    ),
    Slip(
        "a sync token that is never taken costs listing after listing",
        ("tests/scenarios/test_listings.py",),
        (
            Edit(
                "decisions/listing/paging.py",
                "    if not count:\n        return watch",
                "    if watch:\n        return watch",
            ),
        ),
    ),
    Slip(
        "a page token that is refused again and again keeps the sync token",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/paging.py", "return _without_token(watch) if refused", "return watch if refused"),),
    ),
    Slip(
        "a first page that is asked for anew counts as asked for when it was first",
        ("tests/scenarios/test_listings.py",),
        (
            Edit(
                "decisions/listing/paging.py",
                "watch.reading.listing is not None and bool(watch.reading.listing.trail.pages)",
                "watch.reading.listing is not None",
            ),
        ),
    ),
    Slip(
        "what an old channel was silent about waits for a message that may get lost",
        ("tests/scenarios/test_channels.py",),
        (Edit("decisions/channel_lifecycle.py", "_read_soon(watch, now + policy.confirm) if", "watch if"),),
    ),
    Slip(
        "an exception outlives its series",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", "    if series in over:\n", "    if not series_of(item):\n"),),
    ),
    Slip(
        "an exception that was shown alive ends with its series",
        ("tests/scenarios/test_listings.py",),
        (
            Edit(
                "decisions/listing/ending.py",
                "return is_cancelled(item) or mark not in ending.notes.shown",
                "return True",
            ),
        ),
    ),
    Slip(
        "what one page said of series is forgotten on the next",
        ("tests/scenarios/test_listings.py",),
        (
            Edit(
                "reconciler/read_pages.py",
                "bool(page.page_token), earlier.with_more(notes)",
                "bool(page.page_token), notes",
            ),
        ),
    ),
    Slip(
        "a cancelled instance without a word is deleted",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/merge.py", "    if held and series_of(held):\n", "    if held and not item:\n"),),
    ),
    Slip(
        "an older version on a later page of a stretch is believed",
        ("tests/scenarios/test_stretches.py",),
        (Edit("reconciler/read_pages.py", "indexes, earlier.with_more(notes))", "indexes, earlier)"),),
    ),
    Slip(
        "what differs on one page and not on a later one of its stretch is told",
        ("tests/scenarios/test_stretches.py",),
        (Edit("decisions/listing/stretch.py", 'item["id"] not in self.unlike and sieve', "sieve"),),
    ),
    Slip(
        "each page of a large calendar touches every part",
        ("tests/scenarios/test_stretches.py",),
        (Edit("decisions/listing/stretch.py", "1 + part_count // _PARTS_A_PAGE", "1"),),
    ),
    Slip(
        "a page that fails takes those before it along",
        ("tests/scenarios/test_stretches.py",),
        (
            Edit(
                "reconciler/read_pages.py",
                "            except GoogleError:\n                break\n",
                "            except GoogleError:\n                raise\n",
            ),
        ),
    ),
    Slip(
        "a lease runs out while pages are gathered",
        ("tests/scenarios/test_stretches.py",),
        (
            Edit(
                "reconciler/read_pages.py", "            self._lease.heartbeat()\n            try:", "            try:"
            ),
        ),
    ),
    Slip(
        "an audit judges what an increment told meanwhile",
        ("tests/scenarios/test_audits.py",),
        (Edit("decisions/listing/stretch.py", "in self.notes.told", "in (self.notes.told and ())"),),
    ),
    Slip(
        "an audit holds what an increment told meanwhile for missing",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "model/collection/notes.py",
                "shown=self.shown | later.shown | later.told,",
                "shown=self.shown | later.shown,",
            ),
        ),
    ),
    Slip(
        "an audit is never done",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "decisions/listing/audit.py",
                "    return audit.at if there and wanted else None",
                "    return audit.at if there and audit.asked else None",
            ),
        ),
    ),
    Slip(
        "an audit throws the sync token away",
        ("tests/scenarios/test_audits.py",),
        (
            Edit(
                "decisions/listing/audit.py",
                "watch.with_reading(audit=Audit(), item_count",
                'watch.with_reading(audit=Audit(), sync_token="", item_count',
            ),
        ),
    ),
    Slip(
        "of two versions the later shown counts, not the newer",
        ("tests/unit/decisions/test_merge.py",),
        (
            Edit(
                "model/collection/recurrence.py",
                "one is not None and other is not None and one < other",
                "one is not None and other is not None and not one",
            ),
        ),
    ),
    Slip(
        "a generated calendar is read with a sync token",
        ("tests/scenarios/test_listings.py",),
        (
            Edit(
                "decisions/listing/paging.py",
                '"" if watch.target.generated else listing.sync_token',
                "listing.sync_token",
            ),
        ),
    ),
    Slip(
        "a missing sync token is kept instead of the old one",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/paging.py", "listing.sync_token or watch.reading.sync_token", "listing.sync_token"),),
    ),
    Slip(
        "a page that came too late is asked for as long as before",
        ("tests/scenarios/test_listings.py",),
        (
            Edit(
                "decisions/listing/page_size.py",
                "watch.with_reading(page_size=max(_asked_for(watch, listing) // 2, _SMALLEST))",
                "watch",
            ),
        ),
    ),
    Slip(
        "what was asked for by itself is kept with more than a listing shows",
        ("tests/scenarios/test_listings.py",),
        (Edit("decisions/listing/ending.py", "{each: as_listed(item) for", "{each: item for"),),
    ),
    Slip(
        "items are shown as of a sequence before them",
        ("tests/scenarios/test_events.py",),
        (
            Edit(
                "operations/query.py",
                "(now.reading.parts, now.log.sequence) == (watch.reading.parts, watch.log.sequence)",
                "now.reading.parts == watch.reading.parts",
            ),
        ),
    ),
    Slip(
        "a write is as large as the data",
        ("tests/unit/decisions/test_merge.py",),
        (
            Edit(
                "decisions/listing/portions.py",
                "            if taken and room < 0:\n                return taken",
                "            if taken and room == 0.5:\n                return taken",
            ),
        ),
    ),
    Slip(
        "two writes that look alike are taken for one",
        ("tests/scenarios/test_follow.py",),
        (
            Edit(
                "reconciler/lease.py",
                "return watch.with_schedule(write_count=self.watch.schedule.write_count + 1)",
                "return watch",
            ),
        ),
    ),
    Slip(
        "a child is ended although an operator asked for it",
        ("tests/scenarios/test_follow.py",),
        (Edit("decisions/children.py", "if watch.followed_by or watch.by_operator else", "if watch.followed_by else"),),
    ),
    Slip(
        "a guess at a channel's end beats Google's word",
        ("tests/scenarios/test_channels.py",),
        (Edit("decisions/claim.py", "_believed(notification, now) or channel.expiration", "channel.expiration"),),
    ),
    Slip(
        "a single refusal is believed",
        ("tests/unit/decisions/test_refusals.py",),
        (Edit("decisions/refusals.py", "_BELIEVED_FROM = 3", "_BELIEVED_FROM = 1"),),
    ),
    Slip(
        "a try that was brought forward moves the ladder",
        ("tests/unit/decisions/test_ladder.py", "tests/scenarios/test_refusals.py"),
        (Edit("decisions/ladder.py", "rung > now)", "rung > now + _FIRST[0] / 2)"),),
    ),
    Slip(
        "a message brings nothing forward",
        ("tests/scenarios/test_refusals.py",),
        (Edit("decisions/claim.py", "    watch = refusals.hastened(watch, now)\n", ""),),
    ),
    Slip(
        "a refused watch call keeps the collection from being read",
        ("tests/unit/decisions/test_refusals.py", "tests/scenarios/test_refusals.py"),
        (
            Edit(
                "decisions/refusals.py",
                "    return _with(watch, kind, refusal).with_wait(kind, again)\n",
                "    watch = _with(watch, kind, refusal).with_wait(StepKind.READ, again)\n"
                "    return watch.with_wait(kind, again)\n",
            ),
        ),
    ),
    Slip(
        "what fails for all suspends each",
        ("tests/unit/decisions/test_refusals.py",),
        (
            Edit(
                "decisions/refusals.py", "_DELEGATION_SPREADS = timedelta(days=1)", "_DELEGATION_SPREADS = timedelta()"
            ),
        ),
    ),
    Slip(
        "a suspended child is not tried when its parent is asked for again",
        ("tests/scenarios/test_refusals.py",),
        (
            Edit(
                "decisions/children.py",
                "registration.revived(relabelled(there, parent), due)",
                "relabelled(there, parent)",
            ),
        ),
    ),
    Slip(
        "a proxy's answer is a refusal",
        ("tests/unit/decisions/test_verdicts.py",),
        (Edit("decisions/verdicts.py", "return _by_status(failure, {})", "return _by_status(failure, _BY_STATUS)"),),
    ),
    Slip(
        "a usage limit that nobody knows is a refusal",
        ("tests/unit/decisions/test_verdicts.py",),
        (
            Edit(
                "decisions/verdicts.py",
                "return _brief(failure) if _is_usage_limit(failure.words) else _by_status(failure, _BY_STATUS)",
                "return _by_status(failure, _BY_STATUS)",
            ),
        ),
    ),
    Slip(
        "a day's quota is taken for one user's",
        ("tests/unit/decisions/test_verdicts.py",),
        (Edit("decisions/verdicts.py", '"queries per day": _day_used_up,', '"queries per day": _quota,'),),
    ),
    Slip(
        "a day's quota returns at midnight in Greenwich",
        ("tests/unit/decisions/test_verdicts.py",),
        (Edit("decisions/verdicts.py", "at.replace(hour=8,", "at.replace(hour=0,"),),
    ),
    Slip(
        "a proxy's answer drops a token of a listing",
        ("tests/unit/calendar_api/test_outages.py",),
        (
            Edit(
                "calendar_api/answers.py",
                "    if words is None:\n        return read(response, frozenset(), now)\n",
                "    words = words or Words()\n",
            ),
        ),
    ),
    Slip(
        "an absent grant of our own is a withdrawn authorization",
        ("tests/unit/calendar_api/test_outages.py",),
        (
            Edit(
                "calendar_api/no_token.py",
                "OutageError(Reason.SIGNING_FAILING, detail",
                "OutageError(Reason.AUTHORIZATION_REVOKED, detail",
            ),
        ),
    ),
    Slip(
        "a clock that is wrong is the user's fault",
        ("tests/unit/calendar_api/test_outages.py",),
        (Edit("calendar_api/no_token.py", '    "invalid jwt",', '    "invalid jtw",'),),
    ),
    Slip(
        "a user who left is a withdrawn authorization",
        ("tests/unit/calendar_api/test_outages.py",),
        (
            Edit(
                "calendar_api/no_token.py",
                "Reason.USER_GONE if _any_of(_THE_USERS, said) else Reason.AUTHORIZATION_REVOKED",
                "Reason.AUTHORIZATION_REVOKED",
            ),
        ),
    ),
    Slip(
        "a delegation that is withdrawn is one user's trouble",
        ("tests/unit/calendar_api/test_outages.py",),
        (Edit("calendar_api/no_token.py", "if _any_of(_THE_DOMAINS, said):", "if said == _THE_DOMAINS:"),),
    ),
    Slip(
        "one domain's delegation holds back all domains",
        ("tests/unit/calendar_api/test_outages.py",),
        (
            Edit(
                "calendar_api/no_token.py", 'domain = (target.subject or "").rpartition("@")[2].lower()', 'domain = ""'
            ),
        ),
    ),
    Slip(
        "where nobody is the subject, somebody has left",
        ("tests/unit/calendar_api/test_no_token.py",),
        (
            Edit(
                "calendar_api/no_token.py",
                "if target.subject is None or _any_of(_OURS, said):",
                "if _any_of(_OURS, said):",
            ),
        ),
    ),
    Slip(
        "every call tries when a minute is over",
        ("tests/unit/calendar_api/test_breakers.py",),
        (Edit("calendar_api/breakers.py", "                each.tried = now", "                each.tried += 0"),),
    ),
    Slip(
        "a call that was under way ends an outage",
        ("tests/unit/calendar_api/test_breakers.py",),
        (Edit("calendar_api/breakers.py", " and self._outages[cause].opened < began", ""),),
    ),
    Slip(
        "whoever is held back comes back at the same moment",
        ("tests/unit/calendar_api/test_breakers.py",),
        (Edit("calendar_api/breakers.py", "outage.next_turn = turn + _EACH", "outage.next_turn = turn"),),
    ),
    Slip(
        "a day's quota is waited for beyond midnight",
        ("tests/unit/calendar_api/test_breakers.py",),
        (
            Edit(
                "calendar_api/breakers.py",
                'outage.ends = now + error.after if error.after else float("inf")',
                'outage.ends = float("inf")',
            ),
        ),
    ),
    Slip(
        "a channel is not stopped while the API is off",
        ("tests/unit/calendar_api/test_outages.py",),
        (Edit("calendar_api/calls.py", "if call.name != _NEVER_HELD:", "if call.name:"),),
    ),
    Slip(
        "a token at hand proves that signing works",
        ("tests/unit/calendar_api/test_outages.py",),
        (Edit("calendar_api/calls.py", "return () if has_one else (", "return ("),),
    ),
    Slip(
        "a success ends no outage of Calendar's",
        ("tests/unit/calendar_api/test_outages.py",),
        (Edit("calendar_api/calls.py", "        self.breakers.worked(_CALENDAR, began)\n", ""),),
    ),
    Slip(
        "only a success shows that a token was had",
        ("tests/unit/calendar_api/test_outages.py",),
        (Edit("calendar_api/calls.py", "return bool(answer.status) or", "return not answer.error or"),),
    ),
    Slip(
        "a call that is not made waits for its turn",
        ("tests/unit/calendar_api/test_outages.py",),
        (
            Edit(
                "calendar_api/calls.py",
                "        self.allow_list.check(target)\n",
                "        self.allow_list.check(target)\n        self.rate_limiter.take_turn(60)\n",
            ),
        ),
    ),
    Slip(
        "where there is no token, Calendar is blamed",
        ("tests/unit/calendar_api/test_outages.py",),
        (Edit("calendar_api/answers.py", 'no_token(exception, target).during("sign")', "no_token(exception, target)"),),
    ),
    Slip(
        "an outage doubles each watch's pause",
        ("tests/scenarios/test_outages.py",),
        (
            Edit(
                "decisions/backoff.py",
                "        if isinstance(self.error, OutageError):\n            return self.asked_for",
                "        if isinstance(self.error, OutageError) and count == 0:\n            return self.asked_for",
            ),
        ),
    ),
    Slip(
        "a limit of Google's is no reason to slow down",
        ("tests/unit/calendar_api/test_outages.py",),
        (
            Edit(
                "calendar_api/calls.py",
                "isinstance(error, BriefError) and error.status in _TOO_FAST",
                "isinstance(error, BriefError) and error.status in ()",
            ),
        ),
    ),
    Slip(
        "each of many calls halves the pace",
        ("tests/unit/calendar_api/test_rate_limiter.py",),
        (Edit("calendar_api/rate_limiter.py", "now >= self._slowed + _ONCE_IN", "now >= self._slowed"),),
    ),
    Slip(
        "the pace never returns",
        ("tests/unit/calendar_api/test_rate_limiter.py",),
        (
            Edit(
                "calendar_api/rate_limiter.py",
                "return min(1.0, self._pace + (now - self._slowed) * _RECOVERY)",
                "return self._pace",
            ),
        ),
    ),
    Slip(
        "checks: whoever answers 204 is believed",
        ("tests/api/test_checks.py",),
        (
            Edit("decisions/diagnosis.py", "lambda answer, _: not answer.version,", "lambda answer, _: False,"),
            Edit("decisions/diagnosis.py", "answer.version != ours.version", "False"),
        ),
    ),
    Slip(
        "checks: a token from before is good enough",
        ("tests/api/test_checks.py",),
        (Edit("operations/checks.py", "self._probes.calendar()", "self._services.calendar"),),
    ),
    Slip(
        "checks: what renew has not dealt with stays",
        ("tests/api/test_checks.py",),
        (Edit("operations/checks.py", "self._services.store.drop(waiting)", "pass"),),
    ),
    Slip(
        "checks: the clock may be off to one side",
        ("tests/unit/decisions/test_diagnosis.py",),
        (Edit("decisions/diagnosis.py", "if abs(outcome) <= _MOST_WRONG:", "if outcome <= _MOST_WRONG:"),),
    ),
    Slip(
        "checks: a redirect is followed",
        ("tests/unit/test_public_path.py",),
        (Edit("public_path.py", "allow_redirects=False", "allow_redirects=True"),),
    ),
    Slip(
        "a wake-up leaves what belongs to no watch to the sweep",
        ("tests/api/test_renewing.py",),
        (Edit("reconciler/reconcile.py", "            _drop(services, watch_id)\n", ""),),
    ),
    *slips_of_limits.SLIPS,
    *slips_of_exposure.SLIPS,
    *slips_of_baselines.SLIPS,
    *slips_of_restores.SLIPS,
    *slips_of_instances.SLIPS,
    *slips_of_sweeps.SLIPS,
    *slips_chosen_blind.SLIPS,
)
