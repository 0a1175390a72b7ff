"""All that `notifications` does with Firestore: one create."""

from functools import partial
from typing import Any

from google.api_core import exceptions
from google.cloud import firestore

from calendar_watch.firestore.client import answered
from calendar_watch.firestore.documents import news_document
from calendar_watch.model.notification import News

NEWS = "calendar_watch_news"


class FirestoreNews:
    """Implements `ports.NewsStore`. `timeout` is in seconds, for each call."""

    def __init__(self, client: firestore.Client, timeout: float):
        self._client = client
        self._timeout = timeout

    def announce(self, news: News) -> bool:
        """Repeating this is harmless: a message that waits already serves for every later one."""
        creating = partial(place_of(self._client, news).create, news_document(news), retry=None, timeout=self._timeout)
        try:
            answered(creating, self._timeout)
        except exceptions.AlreadyExists:
            return False
        return True


def place_of(client: firestore.Client, news: News) -> Any:
    return client.collection(NEWS).document(f"{news.watch_id}~{news.channel_id}")
