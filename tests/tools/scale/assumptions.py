"""All that is assumed, with its source: what a deployment is given, what its users do, how long things take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from calendar_watch.model.resources import ACL, CALENDAR_LIST, EVENTS, Resource

DAY = 86_400
_WORKING_HOURS = range(8, 18)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A size, and the settings that it calls for. Names and defaults are those of Terraform and of the environment."""

    watches: int
    safety_sync: int = 3_600
    audit: int = DAY
    max_instances: int = 3
    """Of `renew`: infra/functions.tf."""
    sweep_threads: int = 16
    calls_per_minute: int = 6_000
    """Of all its instances together: what each is given is its share."""
    quieter: float = 1.0
    """How much rarer changes are than `Assumptions.changes` says."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Times in seconds. What has no source is a guess: `make scale` says what follows from it, not whether it is so."""

    of_a_user: Sequence[Resource] = (CALENDAR_LIST, ACL, EVENTS, ACL, EVENTS)
    """A guess: the list, the own calendar and another one, each with its rules. So five watches need three tokens."""
    changes: Sequence[float] = (0.2, 0.05, 6.0, 0.05, 6.0)
    """A day, of each of these. A guess: some 2.5 a watch; events change daily, who may see them rarely."""
    in_working_hours: float = 0.8
    """Of a day's changes, from 8 to 18 o'clock. A guess."""
    deletions: int = 5
    """Each fifth change is one: in small collections, what is missing is asked for by a `get`. A guess."""
    lost: float = 0.001
    """Of Google's messages: "a small percentage" (https://developers.google.com/workspace/calendar/api/guides/push)."""
    lifetime: int = 7 * DAY
    """Of a channel, as Google answers (as above)."""

    message_after: float = 1.0
    """From a change to Google's message. A guess: seconds are usual."""
    wakeup_after: float = 0.1
    """From the message to the push that `renew` gets. A guess."""
    hand_over_after: float = 2.0
    """From a hand-over to the sweep of a shard, a cold start included. A guess."""
    rpc: float = 0.010
    """One of Firestore's in the same region. A guess: 1 to 4 ms on the emulator."""
    list_call: float = 0.150
    watch_call: float = 0.300
    """Calls to Google Calendar. Guesses; `make bench` takes 100 ms for each."""
    publish_call: float = 0.030
    token: float = 0.200
    """For signJwt and the token endpoint. A guess."""
    token_life: float = 3_300
    """Google's live for an hour (https://developers.google.com/identity/protocols/oauth2/service-account); a new one is
    fetched a little earlier."""
    tokens_kept: int = 10_000
    """By each instance."""
    cpu: float = 0.012
    """Of a reconciliation, in an instance with one CPU: `make scale WHICH=real` took 9 and 13 ms, on a busy machine."""
    wakeups_at_once: int = 14
    """Of an instance: its concurrency is 16 (infra/functions.tf), and sweeps take some."""

    calls_a_minute: int = 10_000
    """Google's quota for a project: https://developers.google.com/workspace/calendar/api/guides/quota."""
    calls_a_day: int = 1_000_000
    """Beyond it Google has announced to charge: https://developers.google.com/workspace/tools-safety."""
    signatures_a_minute: int = 60_000
    """signJwt's quota: https://docs.cloud.google.com/iam/quotas."""
    index_writes: int = 500
    """A second, of an index that rises with time: https://firebase.google.com/docs/firestore/best-practices."""

    def changes_a_second(self, second: float, a_day: float) -> float:
        """Of the day that begins at zero."""
        working = int(second % DAY // 3_600) in _WORKING_HOURS
        share = self.in_working_hours if working else 1 - self.in_working_hours
        hours = len(_WORKING_HOURS) if working else 24 - len(_WORKING_HOURS)
        return a_day * share / hours / 3_600


@dataclass(frozen=True, slots=True)
class Prices:
    """In US dollars, of one region, without what is free. They change: check them."""

    reads: float = 0.03e-5
    writes: float = 0.09e-5
    deletes: float = 0.01e-5
    """A document: https://cloud.google.com/firestore/pricing."""
    stored: float = 0.15
    """A GiB and month (as above)."""
    cpu_second: float = 24e-6
    memory_second: float = 2.5e-6
    """A GiB; of an instance while it answers: https://cloud.google.com/run/pricing, from memory."""
    request: float = 0.4e-6
    pubsub: float = 40 / 2**40
    """A byte, sent and delivered, a kilobyte at least a message: https://cloud.google.com/pubsub/pricing."""
    logged: float = 0.5 / 2**30
    """A byte: https://cloud.google.com/stackdriver/pricing, from memory."""


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)
