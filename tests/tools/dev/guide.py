"""What `make dev` says. What is to be pasted holds nothing that bash, zsh and fish read differently, so no comment."""

import json

from tests.support.stack import Stack

_PUSH = {
    "enableMessageOrdering": True,
    "pushConfig": {"pushEndpoint": "http://127.0.0.1:9000", "noWrapper": {"writeMetadata": True}},
}
_COPY = (
    "from google.cloud import firestore; items = firestore.Client().collection('calendar_copies/$ID/calendar_items'); "
    "print(*[each.get('item') for each in items.stream()])"
)
_DIRECTORY = {"users": ["grace@example.com", "heidi@example.com"], "admins": ["admin@example.com"]}
_GUIDE = """\
Calendar Watch is running on this machine, until Ctrl-C. Every second it looks at what is due.
A channel, which is Google's promise to call us at changes, lives two minutes here, not a week.
Whoever has an address at example.com has calendars here, from when they are first heard of; the
address is their token.

The console: {watches}/console
Logs, each line with its time: {logs}

In another terminal (bash, zsh or fish), first say where everything is:

    export WATCHES={watches}
    export NOTIFICATIONS={notifications}
    export RENEW={renew}
    export API={api}
    export ADMIN={admin}
    export PUBSUB=http://{pubsub}/v1
    export JSON='Content-Type: application/json'
    export ALICE='Authorization: Bearer alice@example.com'
    export BOB='Authorization: Bearer bob@example.com'

Watch who may see Alice's calendar:

    export ORDER='{{"resource": "acl", "calendarId": "alice@example.com", "subject": "alice@example.com"}}'
    export ID=$(curl -s $WATCHES -H "$JSON" -d "$ORDER" | grep -oE '[a-z2-7]{{32}}' | head -n1)
    curl -s $WATCHES/$ID

Share it as Alice, and see what changed:

    export RULE='{{"role": "reader", "scope": {{"type": "user", "value": "carol@example.com"}}}}'
    curl -s $API/calendars/primary/acl -H "$ALICE" -d "$RULE"
    curl -s "$WATCHES/$ID/changes?after=0"

Watch which calendars Bob has, and who may see those that he owns, and give him one:

    export BOBS='{{"resource": "calendarList", "subject": "bob@example.com", "follow": ["acl"]}}'
    curl -s $WATCHES -H "$JSON" -d "$BOBS"
    curl -s $API/calendars -H "$BOB" -d '{{"summary": "Team"}}'
    curl -s "$WATCHES/?subject=bob@example.com"

All changes from Pub/Sub, again every ten seconds until they are acknowledged:

    curl -s $PUBSUB/{consumer}:pull -H "$JSON" -d '{{"maxMessages": 10}}'

Or pushed, as plain HTTP, to a program of your own:

    curl -s -X PUT $PUBSUB/{subscription} -d '{push}'

Such a program is infra/consumer (functions/CONSUMING.md, "A consumer").
With these it finds what it needs, and keeps its copies in the Firestore here:

    export WATCHES_URL={watches}
    export GOOGLE_CLOUD_PROJECT={project}
    export FIRESTORE_EMULATOR_HOST={firestore}
    export PUBSUB_EMULATOR_HOST={pubsub}
    export GCE_METADATA_HOST={metadata}
    export GCE_METADATA_IP={metadata}
    {python} -m functions_framework --source infra/consumer/main.py --target on_change --port 9000

A watch is copied with its next change. In a third terminal with the same, see the copy:

    {python} -c "{copy}"

Lose the next message; the change comes with the next reading on schedule, within 30 s:

    curl -s $ADMIN/drop -d '{{"count": 1, "state": "exists"}}'
    curl -s -X PATCH $API/calendars/primary/acl/user:carol@example.com -H "$ALICE" -d '{{"role": "writer"}}'
    curl -s $ADMIN/deliveries

Have Google refuse Alice's calendar. Within a minute the watch is suspended; see state and remedy:

    curl -s $ADMIN/spell -d '{{"quirk": "Q10", "about": "alice@example.com", "seconds": 600}}'
    curl -s -X POST $WATCHES/$ID/resync -H "$JSON"
    curl -s $WATCHES/$ID

End that, and have the watch tried again, at most 30 s after the last try; see what it told of all:

    curl -s $ADMIN/calm -d '{{"quirk": "Q10"}}'
    curl -s -X POST $WATCHES/$ID/retry -H "$JSON"
    curl -s "$WATCHES/$ID/changes?after=0"

Which channels are live at Google, what was asked of it, and what a look at what is due answers:

    curl -s $ADMIN/channels
    curl -s $ADMIN/calls
    curl -s -X POST $RENEW

A 410, and a new baseline: erase the watch, and ask for it again. With make dev BASELINE=acl, the
stream tells baselines as well, item by item (known):

    curl -s -X DELETE "$WATCHES/$ID?erase=true"
    curl -s $WATCHES -H "$JSON" -d "$ORDER"
    curl -s "$WATCHES/$ID/changes?after=0"
    curl -s $WATCHES/$ID/items

End the watch, and see that its channel is gone:

    curl -s -X DELETE $WATCHES/$ID
    curl -s $ADMIN/channels

Enrol a domain of three, in the repository's folder; at first only to see what it would do:

    curl -s -X PUT $ADMIN/directory -d '{directory}'
    make enrol WATCHES=$WATCHES ADMIN=admin@example.com DOMAIN=example.com OPTIONS="--google {google}" DRY_RUN=1
    make enrol WATCHES=$WATCHES ADMIN=admin@example.com DOMAIN=example.com OPTIONS="--google {google}"

More: tests/doubles/calendar_simulator/README.md
"""


def guide(stack: Stack, metadata: str, logs: str, python: str) -> str:
    """Addresses have the form that they have in the cloud, without a slash at the end."""
    return _GUIDE.format(
        watches=stack.watches.url.rstrip("/"),
        notifications=stack.notifications.url.rstrip("/"),
        renew=stack.renew.url.rstrip("/"),
        api=stack.google.api_root,
        admin=stack.google.admin_root,
        google=stack.google.root,
        directory=json.dumps(_DIRECTORY),
        pubsub=stack.pubsub.host,
        consumer=stack.pubsub.consumer,
        push=json.dumps(_PUSH | {"topic": stack.pubsub.changes}),
        subscription=f"projects/{stack.project}/subscriptions/mine",
        project=stack.project,
        firestore=stack.environment["FIRESTORE_EMULATOR_HOST"],
        metadata=metadata,
        logs=logs,
        python=python,
        copy=_COPY,
    )
