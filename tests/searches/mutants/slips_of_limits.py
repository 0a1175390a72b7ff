"""Slips about limits: how large, how many, how often, and what cannot be read."""

from tests.searches.mutants.slip import Edit, Slip

SLIPS = (
    Slip(
        "a change is told whole, however large it is",
        ("tests/scenarios/test_limits.py",),
        (Edit("model/change_log.py", "if weight(entry) <= _HEAVIEST:", "if entry:"),),
    ),
    Slip(
        "after is cut before before is",
        ("tests/scenarios/test_limits.py",),
        (Edit("model/change_log.py", 'for name in ("before", "after"):', 'for name in ("after", "before"):'),),
    ),
    Slip(
        "a letter weighs what its escape would",
        ("tests/unit/test_sizes.py",),
        (Edit("sizes.py", "ensure_ascii=False, ", ""),),
    ),
    Slip(
        "a text that was cut is taken for a changed one",
        ("tests/unit/test_sizes.py",),
        (
            Edit(
                "model/collection/diff.py",
                "(outline(_project(each, self.comparable)) for",
                "(_project(each, self.comparable) for",
            ),
        ),
    ),
    Slip(
        "an event is kept whole, however large it is",
        ("tests/unit/test_sizes.py",),
        (Edit("model/collection/recurrence.py", "if weight(event) <= _LARGEST_KEPT else", "if event else"),),
    ),
    Slip(
        "what a listing noted goes into one write, however much it is",
        ("tests/scenarios/test_commit_sizes.py",),
        (
            Edit("reconciler/read_pages.py", "(piece, listing, written[:-1])", "(piece, listing, [])"),
            Edit("reconciler/read_pages.py", "notes=written[-1:])", "notes=written)"),
        ),
    ),
    Slip(
        "a small collection is written in pieces by number alone",
        ("tests/scenarios/test_limits.py",),
        (Edit("decisions/listing/portions.py", "if count and room < 0:", "if count and room == 0.5:"),),
    ),
    Slip(
        "changes are published by number alone",
        ("tests/scenarios/test_limits.py",),
        (
            Edit(
                "reconciler/lease.py", "return entries[: fitting(map(weight, entries), _BATCH_BYTES)]", "return entries"
            ),
        ),
    ),
    Slip(
        "a write that will never be taken is one without an answer",
        ("tests/unit/firestore/test_client.py",),
        (Edit("firestore/client.py", "if _TOO_LARGE.search(str(error)):", "if not str(error):"),),
    ),
    Slip(
        "a reading whose write is refused is tried again with the next lease",
        ("tests/scenarios/test_limits.py",),
        (
            Edit(
                "reconciler/steps.py",
                "return self._failed(self._lease.watch, StepKind.READ, TryLaterError(str(error)))",
                "return self._lease.anew()",
            ),
        ),
    ),
    Slip(
        "a refused write is no failure",
        ("tests/scenarios/test_limits.py",),
        (
            Edit(
                "reconciler/steps.py",
                "return self._failed(self._lease.watch, StepKind.READ, TryLaterError(str(error)))",
                "return next_step.Wait(None)",
            ),
        ),
    ),
    Slip(
        "the feed passes over a hole",
        ("tests/scenarios/test_feed.py",),
        (
            Edit(
                "operations/query.py",
                "enumerate(entries, after + 1) if int(entry",
                "enumerate(entries, after + 1) or int(entry",
            ),
        ),
    ),
    Slip(
        "a 410 names the first entry that is kept, whatever is missing after it",
        ("tests/scenarios/test_feed.py",),
        (
            Edit(
                "operations/query.py",
                "return store.count_entries(watch.id, sequence, present) == present - sequence + 1",
                "return True",
            ),
        ),
    ),
    Slip(
        "an entry may be tidied away at once",
        ("tests/contract/test_store.py", "tests/scenarios/test_feed.py"),
        (
            Edit(
                "firestore/store.py",
                'datetime.fromisoformat(entry["time"]) + self._retention',
                'datetime.fromisoformat(entry["time"])',
            ),
        ),
    ),
    Slip(
        "whoever is crowded out tries again at once",
        ("tests/scenarios/test_operators.py",),
        (Edit("operations/register.py", "self._pause(pause * (0.5 + self._services.jitter()))", "self._pause(0.001)"),),
    ),
    Slip(
        "those who collided try again together",
        ("tests/scenarios/test_operators.py",),
        (Edit("operations/register.py", "pause * (0.5 + self._services.jitter())", "pause"),),
    ),
    Slip(
        "a worker who was crowded out is taken for a Firestore that is away",
        ("tests/scenarios/test_operators.py",),
        (
            Edit(
                "operations/register.py",
                "with suppress(TimeoutError, UnavailableError):",
                "with suppress(TimeoutError):",
            ),
        ),
    ),
    Slip(
        "a document of another schema is read as if it were ours",
        ("tests/contract/test_foreign_documents.py",),
        (Edit("firestore/schema.py", "if schema != SCHEMA:", "if schema is None:"),),
    ),
    Slip(
        "notifications of another schema are dropped",
        ("tests/contract/test_foreign_documents.py",),
        (Edit("firestore/schema.py", "foreign.append(name)", "malformed.append(name)"),),
    ),
    Slip(
        "watches of another schema fill a sweep",
        ("tests/contract/test_foreign_documents.py",),
        (Edit("firestore/store.py", "_MOST_PAGES = 4", "_MOST_PAGES = 1"),),
    ),
    Slip(
        "a list ends with a page of another schema",
        ("tests/contract/test_foreign_documents.py",),
        (Edit("firestore/store.py", "if len(found) == limit else", "if len(watches) == limit else"),),
    ),
    Slip(
        "malformed notifications stay",
        ("tests/contract/test_foreign_documents.py",),
        (Edit("firestore/store.py", "        self._drop_malformed(malformed)\n", ""),),
    ),
    Slip(
        "a moment in a notification may be a text",
        ("tests/contract/test_foreign_documents.py",),
        (
            Edit(
                "firestore/notification_document.py",
                "and isinstance(received, datetime)",
                "and received",
            ),
        ),
    ),
    Slip(
        "what was never kept is counted as stopped",
        ("tests/contract/test_store.py",),
        (
            Edit(
                "firestore/watch_document.py",
                '"state": None if watch.discarded else watch.standing.state.value',
                '"state": watch.standing.state.value',
            ),
        ),
    ),
    Slip(
        "what nobody wants any more is trouble for ever",
        ("tests/contract/test_store.py", "tests/api/test_ending.py"),
        (
            Edit(
                "model/watch.py",
                "        if not self.wanted:\n            return None\n        doubted",
                "        doubted",
            ),
        ),
    ),
    Slip(
        "whose calendar is gone is counted as locked out",
        ("tests/contract/test_store.py",),
        (Edit("firestore/queries.py", "for each in Reason if not each.gone", "for each in Reason"),),
    ),
    Slip(
        "a spoilt page token of items passes for a good one",
        ("tests/api/test_items.py",),
        (Edit("model/item_token.py", "owner != watch_id or not is_key(key)", "owner != watch_id"),),
    ),
    Slip(
        "another watch's page token of items passes for its own",
        ("tests/api/test_items.py",),
        (Edit("model/item_token.py", "owner != watch_id or not is_key(key)", "not is_key(key)"),),
    ),
    Slip(
        "a retry opens no channel where messages do not arrive",
        ("tests/scenarios/test_channels.py", "tests/scenarios/test_mute_channels.py"),
        (
            Edit(
                "decisions/registration.py",
                "renewal.retried(refusals.retried(watch, now), now)",
                "refusals.retried(watch, now)",
            ),
        ),
    ),
    Slip(
        "retries of a silent endpoint keep no distance",
        ("tests/scenarios/test_channels.py",),
        (Edit("decisions/refusals.py", "replace(silence, at=now)", "silence"),),
    ),
    Slip(
        "a user who left wakes somebody",
        ("tests/infra/test_logs.py",),
        (
            Edit(
                "reasons.py",
                'user does not exist or is suspended",\n        gone=True',
                'user does not exist or is suspended"',
            ),
        ),
    ),
    Slip(
        "every sweep counts",
        ("tests/scenarios/test_sweeps.py",),
        (
            Edit(
                "operations/sweep.py",
                "_BETWEEN_COUNTS = timedelta(minutes=10)",
                "_BETWEEN_COUNTS = timedelta(minutes=1)",
            ),
        ),
    ),
    Slip(
        "a sweep that cannot count has failed",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("operations/sweep.py", "with suppress(UnavailableError):", "with suppress(ForeignSchemaError):"),),
    ),
    Slip(
        "readings that fail are shown when they happen to be tried next",
        ("tests/unit/decisions/test_refusals.py",),
        (Edit("decisions/backoff.py", "return min(pause, until_lasting + failure.jitter * _SOON)", "return pause"),),
    ),
    Slip(
        "readings that fail are tried before Google would have it",
        ("tests/unit/decisions/test_refusals.py",),
        (Edit("decisions/backoff.py", "if until_lasting <= failure.asked_for", "if until_lasting <= timedelta()"),),
    ),
    Slip(
        "what was read beside the claim counts after a write of ours too",
        ("tests/scenarios/test_events.py",),
        (Edit("reconciler/source.py", "part, self._part = self._part, None", "part = self._part"),),
    ),
    Slip(
        "a document that another release wrote keeps a whole batch",
        ("tests/api/test_foreign_schema.py",),
        (
            Edit(
                "operations/register.py",
                "    except ForeignSchemaError as error:",
                "    except FollowedError as error:",
            ),
        ),
    ),
)
