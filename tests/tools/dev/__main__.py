"""`make dev`: the whole system runs until Ctrl-C, at a speed that people can follow."""

import signal
import sys
from threading import Event

from tests.support.stack import WHOSE, Stack, best_pubsub

_SETTINGS = {
    "CHANNEL_TTL_SECONDS": "120",
    "RENEW_AFTER_FRACTION": "0.5",
    "CONFIRM_SECONDS": "10",
    "SETTLE_SECONDS": "2",
    "SAFETY_SYNC_SECONDS": "30",
    "BRAKE_SECONDS": "5",
    "PROBE_SECONDS": "60",
}

_GUIDE = """\
Calendar Watch is running on this machine, until Ctrl-C. Every second it looks at what is due.
A channel, which is Google's promise to call us at changes, lives two minutes here, not a week.
Alice is who it acts for. Pub/Sub is {whose}.
Logs: {logs}

In another terminal, first say where everything is:

    WATCHES={watches} NOTIFICATIONS={notifications}
    RENEW={renew} PUBSUB={pubsub}
    API={api} ADMIN={admin}
    CONSUMER={consumer}

Watch who may see Alice's calendar:

    ORDER='{{"resource": "acl", "calendarId": "alice@example.com", "subject": "alice@example.com"}}'
    JSON='Content-Type: application/json'
    ID=$(curl -s $WATCHES -H "$JSON" -d "$ORDER" | grep -oE '[a-z2-7]{{32}}' | head -n1)
    curl -s $WATCHES$ID

Share it, and see what changed:

    RULE='{{"role": "reader", "scope": {{"type": "user", "value": "bob@example.com"}}}}'
    curl -s $API/calendars/primary/acl -d "$RULE"
    curl -s "$WATCHES$ID/changes?after=0"

The same from Pub/Sub, again every ten seconds until it is acknowledged:

    curl -s $PUBSUB/v1/$CONSUMER:pull -H "$JSON" -d '{{"maxMessages": 10}}'

Lose the next message; the change comes with the next reading on schedule, within 30 s:

    curl -s $ADMIN/drop -d '{{"count": 1}}'
    curl -s -X PATCH $API/calendars/primary/acl/user:bob@example.com -d '{{"role": "writer"}}'
    curl -s $ADMIN/deliveries

Which channels are live at Google, what was asked of it, and what a look at what is due answers:

    curl -s $ADMIN/channels
    curl -s $ADMIN/calls
    curl -s -X POST $RENEW

End the watch, and see that its channel is gone:

    curl -s -X DELETE $WATCHES$ID
    curl -s $ADMIN/channels

More: tests/doubles/calendar_simulator/README.md
"""


def main() -> None:
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    pubsub = best_pubsub()
    with Stack(_SETTINGS, pubsub=pubsub) as stack:
        sys.stdout.write(_guide(stack, WHOSE[pubsub]))
        sys.stdout.flush()
        told.wait()


def _guide(stack: Stack, whose_pubsub: str) -> str:
    return _GUIDE.format(
        logs=stack.logs,
        watches=stack.watches.url,
        notifications=stack.notifications.url,
        renew=stack.renew.url,
        api=stack.google.api_root,
        admin=stack.google.admin_root,
        pubsub=f"http://{stack.pubsub.host}",
        consumer=stack.pubsub.consumer,
        whose=whose_pubsub,
    )


if __name__ == "__main__":
    main()
