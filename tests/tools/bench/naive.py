"""The naive way, as published tutorials have it: a Flask receiver that lists inline, and saves.

A sync token and the events lie in Firestore; each message has what is new listed and saved, whoever else is at it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import requests
from flask import Flask, request

_EVENTS = "https://www.googleapis.com/calendar/v3/calendars/{}/events"


class Documents:
    """As much of Firestore as it needs, in memory; each call is an RPC."""

    def __init__(self) -> None:
        self.rpcs: Counter[str] = Counter()
        self._documents: dict[str, Mapping[str, Any]] = {}

    def get(self, path: str) -> Mapping[str, Any]:
        self.rpcs["get"] += 1
        return self._documents.get(path, {})

    def set(self, path: str, document: Mapping[str, Any]) -> None:
        self.rpcs["set"] += 1
        self._documents[path] = document


def receiver(google: requests.Session, database: Documents, calendar_id: str) -> Flask:
    app = Flask("naive")

    @app.post("/")
    def notified() -> tuple[str, int]:
        if request.headers["X-Goog-Resource-State"] != "sync":
            synchronize(google, database, calendar_id)
        return "", 200

    return app


def synchronize(google: requests.Session, database: Documents, calendar_id: str) -> None:
    token = database.get("state/sync").get("token")
    params = {"syncToken": token} if token else {}
    while True:
        answer = google.get(_EVENTS.format(calendar_id), params=params, timeout=20)
        answer.raise_for_status()
        listing = answer.json()
        for event in listing["items"]:
            database.set(f"events/{event['id']}", event)
        if "nextPageToken" not in listing:
            break
        params["pageToken"] = listing["nextPageToken"]
    database.set("state/sync", {"token": listing["nextSyncToken"]})


def watch(google: requests.Session, calendar_id: str, address: str) -> None:
    channel = {"id": "naive-1", "type": "web_hook", "address": address}
    google.post(f"{_EVENTS.format(calendar_id)}/watch", json=channel, timeout=20).raise_for_status()
