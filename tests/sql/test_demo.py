"""The views on what the demo really published, by functions in processes of their own."""

import base64
import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from tests.sql.conftest import now
from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.support.stack import Stack
from tests.support.stack.rest import told
from tests.tools.demo.follower import Followed
from tests.tools.demo.pace import of_this_machine, stretched
from tests.tools.demo.screen import Screen
from tests.tools.demo.story import BOB, CAROL, SETTINGS, Story

pytestmark = pytest.mark.search


class Unended(Story):
    def _end(self, *asked_for: Followed) -> None:
        """What has ended is in no view of what is so now."""


class Subscription:
    """Of a warehouse, beside the demo's own."""

    def __init__(self, stack: Stack):
        self._url = f"http://{stack.pubsub.host}/v1/{stack.pubsub.consumer}-warehouse"
        told("PUT", self._url, {"topic": stack.pubsub.changes, "enableMessageOrdering": True})

    def rows(self) -> list[Row]:
        found: list[Row] = []
        while handed := told("POST", f"{self._url}:pull", {"maxMessages": 1_000}).get("receivedMessages"):
            told("POST", f"{self._url}:acknowledge", {"ackIds": [each["ackId"] for each in handed]})
            found += [_row(each["message"]) for each in handed]
        return found


def _row(message: Mapping[str, Any]) -> Row:
    attributes = {**message["attributes"], "orderingKey": message["orderingKey"]}
    data = json.loads(base64.b64decode(message["data"]))
    return Row(message["messageId"], datetime.fromisoformat(message["publishTime"]), attributes, data)


def test_what_is_so_now_is_what_watches_shows_after_the_demo() -> None:
    settings = stretched(SETTINGS, of_this_machine())
    with Stack({**settings, "BASELINE_IN_STREAM": "acl"}) as stack:
        subscription = Subscription(stack)
        Unended(stack, Screen(io.StringIO()), settings).tell()
        warehouse = Warehouse(subscription.rows())
        [watch] = stack.api.list("resource=acl")
        items = stack.api.items(watch["id"])
    assert now(warehouse) == {watch["id"]: items}
    assert len(items) > 1
    assert warehouse.rows("external_now") == warehouse.rows("gaps") == []
    raised = sorted(warehouse.rows("sharing_raised"), key=lambda each: each["sequence"])
    assert [(each["grantee"], each["role_before"], each["role_after"], each["exposure_after"]) for each in raised] == [
        (BOB, "none", "reader", "internal"),
        (BOB, "reader", "writer", "internal"),
        (None, "none", "reader", "public"),
        (CAROL, "none", "reader", "internal"),
    ]
