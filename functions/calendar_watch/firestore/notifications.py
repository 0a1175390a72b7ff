"""All that `notifications` does with Firestore: one create."""

from functools import partial
from typing import Any

from google.api_core import exceptions
from google.cloud import firestore

from calendar_watch.firestore.client import answered
from calendar_watch.firestore.notification_document import notification_document
from calendar_watch.model.notification import PendingNotification

NOTIFICATIONS = "calendar_watch_news"


class FirestoreNotifications:
    """Implements `ports.NotificationStore`. `timeout` is in seconds, for each call."""

    def __init__(self, client: firestore.Client, timeout: float):
        self._client = client
        self._timeout = timeout

    def put(self, notification: PendingNotification) -> bool:
        """Repeating this is harmless: a message that waits already serves for every later one."""
        creating = partial(
            reference_of(self._client, notification).create,
            notification_document(notification),
            retry=None,
            timeout=self._timeout,
        )
        try:
            answered(creating, self._timeout)
        except exceptions.AlreadyExists:
            return False
        return True


def reference_of(client: firestore.Client, notification: PendingNotification) -> Any:
    return client.collection(NOTIFICATIONS).document(f"{notification.watch_id}~{notification.channel_id}")
