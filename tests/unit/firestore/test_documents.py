"""What is stored comes back; what a later release has added is passed over."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.firestore.notification_document import notification_document, notification_of
from calendar_watch.firestore.packed_documents import entry_document, entry_of, part_document, part_of
from calendar_watch.firestore.watch_document import watch_document, watch_of
from calendar_watch.model.channel import Channel, Channels
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.exposure import COUNTED, Classification
from calendar_watch.model.health import Health, Refusal, StepKind, Trouble
from calendar_watch.model.listing import Audit, Counts, Listing, PageTrail, ReadCause, Reading
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Baseline, Following, Log, Schedule, Standing, State, Watch
from calendar_watch.reasons import Reason

NEWER = {"invented_later": {"deep": [1]}}
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
counts = st.integers(0, 2**40)
channels = st.builds(
    Channel,
    id=st.uuids().map(str),
    generation=counts,
    created=moments,
    address=texts,
    key=texts,
    resource_id=st.none() | texts,
    resource_uri=texts,
    expiration=st.none() | moments,
    expiration_said=st.booleans(),
    opened=st.none() | moments,
    confirmed=st.booleans(),
    retired=st.none() | moments,
    stopped=st.none() | moments,
    retry_at=st.none() | moments,
    failures=counts,
    renew_at=st.none() | moments,
)
targets = st.builds(
    Target,
    st.sampled_from(sorted(RESOURCES)).map(RESOURCES.__getitem__),
    st.none() | texts,
    st.none() | texts,
    st.lists(texts, max_size=3).map(tuple),
)
listings = st.builds(
    Listing,
    number=counts,
    started=moments,
    whole=st.booleans(),
    trail=st.builds(PageTrail, texts, counts, texts),
    sync_token=texts,
    read=st.booleans(),
    beside=st.booleans(),
    notes=counts,
)
refusals = st.builds(
    Refusal,
    st.sampled_from(Reason),
    texts,
    texts,
    since=moments,
    at=moments,
    count=counts,
    believed=st.booleans(),
    common=st.booleans(),
)
troubles = st.builds(
    Trouble,
    operation=texts,
    since=moments,
    at=moments,
    count=counts,
    status=counts,
    code=texts,
    detail=texts,
    reason=st.none() | st.sampled_from(Reason),
)


def as_is_known(watch: Watch) -> Watch:
    """Of a watch that nobody knows of, no state is kept."""
    return replace(watch, standing=replace(watch.standing, state=State.STOPPED)) if watch.discarded else watch


watches = st.builds(
    Watch,
    target=targets,
    options=st.builds(
        Options,
        st.none() | counts,
        st.dictionaries(texts, texts, max_size=3),
        st.lists(texts, max_size=2).map(tuple),
    ),
    created=moments,
    wanted=st.booleans(),
    by_operator=st.booleans(),
    followed_by=st.lists(texts, max_size=2).map(tuple),
    discarded=st.booleans(),
    erasing=st.booleans(),
    stopped_at=st.none() | moments,
    schedule=st.builds(
        Schedule,
        due_at=st.none() | moments,
        holder=st.none() | texts,
        write_count=counts,
        not_before=st.dictionaries(st.sampled_from(StepKind), moments),
    ),
    reading=st.builds(
        Reading,
        read_at=st.none() | moments,
        read_cause=st.sampled_from(ReadCause),
        notified_at=st.none() | moments,
        last_sync=st.none() | moments,
        brake=st.booleans(),
        digest=texts,
        item_count=st.none() | counts,
        sync_token=texts,
        resyncing=st.booleans(),
        listing=st.none() | listings,
        listings=counts,
        counts=st.builds(Counts, counts, counts, counts),
        parts=st.lists(texts, min_size=1, max_size=3).map(tuple),
        stored=counts,
        doubts=counts,
        noted=counts,
        sync_refusals=counts,
        page_refusals=counts,
        page_size=counts,
        audit=st.builds(
            Audit,
            at=st.none() | moments,
            asked=st.booleans(),
            listing=st.none() | listings,
            counts=st.builds(Counts, counts, counts, counts),
            told=counts,
            brake=st.booleans(),
            doubts=counts,
            failures=counts,
        ),
    ),
    log=st.builds(
        Log,
        sequence=counts,
        published=counts,
        announced=st.none() | st.sampled_from(State),
    ),
    channels=st.builds(
        Channels,
        by_id=st.lists(channels, max_size=3).map(lambda each: {channel.id: channel for channel in each}),
        generation=counts,
        unconfirmed=counts,
        was_confirmed=st.booleans(),
        unannounced_changes=counts,
        mute=counts,
        without_types=st.booleans(),
        resource_ids=st.lists(texts, max_size=3).map(tuple),
    ),
    following=st.builds(Following, counts, counts, st.booleans()),
    exposure=st.builds(
        Classification,
        st.fixed_dictionaries(dict.fromkeys(COUNTED, counts)),
        domains=texts,
        recount_at=st.none() | moments,
    ),
    baseline=st.builds(Baseline, st.none() | counts, st.booleans(), st.none() | moments),
    health=st.builds(
        Health,
        st.dictionaries(st.sampled_from(StepKind), refusals, max_size=2),
        st.dictionaries(st.sampled_from(StepKind), troubles, max_size=2),
    ),
    standing=st.builds(Standing, st.sampled_from(State), st.none() | moments),
).map(as_is_known)
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
entries = st.dictionaries(st.text(max_size=3), scalars | st.lists(scalars, max_size=3), max_size=4)
items = st.dictionaries(st.text(max_size=3), entries, max_size=3)


@given(watches)
def test_a_watch_comes_back_as_it_was_with_the_version_that_was_read(watch: Watch) -> None:
    assert watch_of(watch_document(watch), "v7") == replace(watch, version="v7")


@given(watches)
def test_rules_are_summed_only_of_what_somebody_wants_and_has_been_read(watch: Watch) -> None:
    summed = watch_document(watch)["exposures"]
    assert summed == (dict(watch.exposure.counts) if watch.wanted and watch.exposure.domains else None)


@given(watches)
def test_a_watch_is_stored_in_types_that_firestore_knows(watch: Watch) -> None:
    json.dumps(watch_document(watch), default=datetime.isoformat)


@given(watches)
def test_what_a_later_release_adds_to_a_watch_is_passed_over(watch: Watch) -> None:
    document = watch_document(watch) | NEWER
    document["channels"] = {each: channel | NEWER for each, channel in document["channels"].items()}
    document["refusals"] = {kind: refusal | NEWER for kind, refusal in document["refusals"].items()}
    document["troubles"] = {kind: trouble | NEWER for kind, trouble in document["troubles"].items()}
    document["listing"] = document["listing"] and document["listing"] | NEWER
    assert watch_of(document, None) == watch


def test_what_an_earlier_release_did_not_store_takes_its_default() -> None:
    channel = Channel("c", 1, NOW)
    watch = Watch(Target(RESOURCES["acl"], "c"), Options(), NOW).with_channel(channel)
    document: dict[str, Any] = watch_document(watch)
    for name in (
        "counts",
        "unannounced_changes",
        "mute",
        "without_types",
        "resource_ids",
        "notified_at",
        "discarded",
        "follow",
        "followed_by",
        "parts",
        "audit",
        "listing",
        "sync_token",
    ):
        del document[name]
    for name in ("renew_at", "expiration_said", "opened"):
        del document["channels"]["c"][name]
    assert watch_of(document, None) == watch


@given(texts, st.from_regex(r"[A-Za-z0-9\-_+=]{1,64}", fullmatch=True), st.none() | moments, moments, texts)
def test_a_notification_comes_back_under_the_name_it_was_stored_by(
    resource_id: str, channel_id: str, expiration: datetime | None, received: datetime, state: str
) -> None:
    notifications = PendingNotification("w" * 32, channel_id, resource_id, expiration, received, state)
    assert (
        notification_of(f"{notifications.watch_id}~{channel_id}", notification_document(notifications) | NEWER)
        == notifications
    )


def test_a_notification_that_an_earlier_release_stored_tells_no_state() -> None:
    document = notification_document(PendingNotification("w", "c", "r", None, NOW, "sync"))
    del document["resource_state"]
    assert notification_of(f"{'w' * 32}~c", document).resource_state == ""


@given(items, st.lists(texts, max_size=3).map(tuple), counts)
def test_a_part_comes_back_whole(kept: dict[str, Any], fields: tuple[str, ...], sequence: int) -> None:
    part = Snapshot(kept, fields, sequence, "01")
    restored = part_of(part_document(part, sequence) | NEWER, "01")
    assert restored == part
    assert restored.digest == part.digest


def test_fifty_thousand_rules_fit_into_one_document() -> None:
    """Firestore takes 1 MiB. Addresses hardly repeat, so this is close to the worst that people can do."""
    rules = {
        f"user:person{number:07}@example.com": {
            "id": f"user:person{number:07}@example.com",
            "role": "reader",
            "scope": {"type": "user", "value": f"person{number:07}@example.com"},
        }
        for number in range(50_000)
    }
    document = part_document(Snapshot(rules, ("id", "role", "scope")), 1)
    assert len(document["items"]) < 1_000_000


@given(entries)
def test_an_entry_comes_back_to_the_letter(entry: dict[str, Any]) -> None:
    document = entry_document(entry, NOW)
    assert document["expire_at"] == NOW
    assert entry_of(document | NEWER) == entry
