"""A notification as a Firestore document, and back: whoever has the role to write news may write anything."""

import re
from datetime import datetime
from typing import Any

from calendar_watch.errors import MalformedError
from calendar_watch.firestore.schema import SCHEMA, Document, ours
from calendar_watch.model.notification import PendingNotification

_WATCH_ID = re.compile("[a-z2-7]{32}")
_CHANNEL_ID = re.compile(r"[A-Za-z0-9\-_+=]{1,64}")


def notification_document(notification: PendingNotification) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "resource_id": notification.resource_id,
        "resource_state": notification.resource_state,
        "expiration": notification.expiration,
        "received": notification.received,
    }


def notification_of(name: str, document: Document) -> PendingNotification:
    """Raises MalformedError and ForeignSchemaError."""
    watch_id, _, channel_id = name.partition("~")
    if not (_WATCH_ID.fullmatch(watch_id) and _CHANNEL_ID.fullmatch(channel_id)):
        raise MalformedError(f"{name} names no channel of a watch")
    if not _is_notification(document):
        raise MalformedError(f"{name} is not as we write it")
    ours(document)
    return PendingNotification(
        watch_id,
        channel_id,
        document["resource_id"],
        document["expiration"],
        document["received"],
        document.get("resource_state", ""),
    )


def _is_notification(document: Document) -> bool:
    expiration, received = document.get("expiration"), document.get("received")
    return (
        isinstance(document.get("schema"), int)
        and isinstance(document.get("resource_id"), str)
        and isinstance(document.get("resource_state", ""), str)
        and (expiration is None or isinstance(expiration, datetime))
        and isinstance(received, datetime)
    )
