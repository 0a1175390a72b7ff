"""A Cloud Function that Pub/Sub pushes to: it keeps a copy of every watched collection in Firestore."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import functools
import os
from typing import Any

import functions_framework
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.cloud import firestore
from google.oauth2.id_token import fetch_id_token_credentials

from calendar_copy.consumer import Consumer
from calendar_copy.firestore_sink import FirestoreSink
from calendar_copy.watches_api import WatchesApi


@functools.cache
def _consumer() -> Consumer:
    """At the first change: nothing is asked of anybody while an instance starts."""
    url = os.environ["WATCHES_URL"]
    database = firestore.Client(database=os.environ.get("FIRESTORE_DATABASE"))
    return Consumer(WatchesApi(url, _session(url)), FirestoreSink(database))


def _session(url: str) -> requests.Session:
    """As the function's own account; over plain http, which is for one's own machine, as nobody."""
    if not url.startswith("https://"):
        return requests.Session()
    return AuthorizedSession(fetch_id_token_credentials(url, Request()))


@functions_framework.cloud_event
def on_change(event: Any) -> None:
    """Whatever is raised here is answered with 500, and Pub/Sub brings the message again."""
    _consumer().apply({**event.get_attributes(), "data": event.get_data()})
