"""The simulator over sockets, in process and on its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest
import requests

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Delivery, Server, SimulatorAdapter, serve

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
PATIENCE = 60.0
GOOGLE = "https://www.googleapis.com"


class Receiver(ThreadingHTTPServer):
    """A webhook: keeps what it gets, answers what the test wants, in the order given, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Webhook)
        self.url = f"http://127.0.0.1:{self.server_port}/notifications"
        self.received: SimpleQueue[tuple[str, dict[str, str]]] = SimpleQueue()
        self.statuses: SimpleQueue[int] = SimpleQueue()

    def next(self) -> dict[str, str]:
        """Return the headers of the next message, in lower case."""
        return self.received.get(timeout=PATIENCE)[1]


class _Webhook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.put((self.path, headers))  # before the answer: who sees that may look at once
        self.send_response(204 if self.server.statuses.empty() else self.server.statuses.get())
        self.send_header("location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(listener: ThreadingHTTPServer) -> Iterator[None]:
    with listener:
        thread = Thread(target=listener.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            listener.shutdown()
            thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listener = Receiver()
    with served(listener):
        yield listener


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(CalendarSimulator(lambda: NOW)) as server:
        yield server


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def watch(session: requests.Session, root: str, address: str, channel_id: str = "c1") -> requests.Response:
    order = {"id": channel_id, "type": "web_hook", "address": address, "token": "t"}
    return session.post(f"{root}/calendar/v3/calendars/primary/acl/watch", json=order, timeout=PATIENCE)


def share(session: requests.Session, root: str, role: str) -> None:
    body = {"role": role, "scope": {"type": "domain", "value": "example.com"}}
    session.post(f"{root}/calendar/v3/calendars/primary/acl", json=body, timeout=PATIENCE).raise_for_status()


def test_notifications_arrive_over_http_as_google_sends_them(
    session: requests.Session, server: Server, receiver: Receiver
) -> None:
    channel = watch(session, server.url, receiver.url).json()

    headers = receiver.next()
    assert headers["content-length"] == "0"
    assert headers["user-agent"].startswith("APIs-Google")
    assert "authorization" not in headers
    assert (headers["x-goog-resource-state"], headers["x-goog-message-number"]) == ("sync", "1")
    assert headers["x-goog-resource-id"] == channel["resourceId"]
    share(session, server.url, "reader")
    assert receiver.next()["x-goog-resource-state"] == "exists"


def test_a_redirect_is_not_followed(session: requests.Session, server: Server, receiver: Receiver) -> None:
    receiver.statuses.put(302)
    watch(session, server.url, receiver.url)
    assert receiver.next()["x-goog-resource-state"] == "sync"
    share(session, server.url, "reader")

    assert receiver.next()["x-goog-resource-state"] == "exists"


def test_redelivery_needs_only_the_clock_to_be_moved(
    session: requests.Session, server: Server, receiver: Receiver
) -> None:
    receiver.statuses.put(503)
    watch(session, server.url, receiver.url)
    first = receiver.next()

    while receiver.received.empty():
        session.post(f"{server.url}/simulator/advance", json={"seconds": 1}, timeout=PATIENCE)

    assert receiver.next() == first


def test_the_sync_message_may_come_before_the_answer(
    session: requests.Session, server: Server, receiver: Receiver
) -> None:
    session.patch(f"{server.url}/simulator/options", json={"sync": "before"}, timeout=PATIENCE)

    answer = watch(session, server.url, receiver.url)

    assert answer.status_code == 200
    assert receiver.received.qsize() == 1


def test_a_receiver_that_is_not_there_is_tried_again(session: requests.Session, server: Server) -> None:
    with Receiver() as gone:
        address = gone.url
    watch(session, server.url, address)

    assert eventually(session, server, "deliveries")[0]["outcome"] == "retried"


def eventually(session: requests.Session, server: Server, what: str) -> Any:
    url = f"{server.url}/simulator/{what}"
    deadline = time.monotonic() + PATIENCE
    while not (found := session.get(url, timeout=PATIENCE).json()):
        assert time.monotonic() < deadline, f"no {what} came"
        time.sleep(0.05)
    return found


def test_the_witness_knows_channels_calls_and_deliveries(
    session: requests.Session, server: Server, receiver: Receiver
) -> None:
    watch(session, server.url, receiver.url)
    receiver.next()
    admin = f"{server.url}/simulator"

    (channel,) = session.get(f"{admin}/channels", timeout=PATIENCE).json()
    assert (channel["id"], channel["resource"], channel["owner"], channel["live"]) == (
        "c1",
        "acl",
        "alice@example.com",
        True,
    )
    at = {"at": channel["expiration"]}
    assert session.get(f"{admin}/channels", params=at, timeout=PATIENCE).json()[0]["live"] is False
    (call,) = session.get(f"{admin}/calls", timeout=PATIENCE).json()
    assert (call["method_id"], call["status"], call["offences"]) == ("calendar.acl.watch", 200, [])
    assert eventually(session, server, "deliveries")[0]["state"] == "sync"


def test_the_back_door_changes_settings_tokens_and_fates(
    session: requests.Session, server: Server, receiver: Receiver
) -> None:
    def act(method: str, name: str, **body: object) -> Any:
        return session.request(method, f"{server.url}/simulator/{name}", json=body, timeout=PATIENCE).json()

    act("PUT", "setting", id="locale", value="fr")
    grant = {"token": "t", "subject": "bob@example.com", "scopes": ["https://www.googleapis.com/auth/calendar"]}
    act("POST", "tokens", **grant)
    bob = {"Authorization": "Bearer t"}
    setting = f"{server.url}/calendar/v3/users/me/settings/locale"
    assert session.get(setting, timeout=PATIENCE).json()["value"] == "fr"
    assert session.get(setting, headers=bob, timeout=PATIENCE).json()["value"] == "en"
    act("POST", "drop", count=1)
    watch(session, server.url, receiver.url)
    assert act("GET", "deliveries")[0]["outcome"] == "dropped"
    act("POST", "block", prefix=receiver.url, how="drop")
    share(session, server.url, "reader")
    act("POST", "unblock", prefix=receiver.url)
    assert act("GET", "now")["now"] == NOW.isoformat()
    assert act("GET", "options")["max_lifetime_seconds"] == 604_800


def test_the_back_door_fills_calendars_empties_listings_and_expires_sync_tokens(
    session: requests.Session, server: Server
) -> None:
    seeding = {"calendar": "primary", "count": 3, "user": "alice@example.com", "summary": "Sown"}
    events = f"{server.url}/calendar/v3/calendars/primary/events"
    session.post(f"{server.url}/simulator/seed-events", json=seeding, timeout=PATIENCE).raise_for_status()
    emptying = {"resource": "events", "count": 1}
    session.post(f"{server.url}/simulator/empty-listings", json=emptying, timeout=PATIENCE).raise_for_status()
    assert session.get(events, timeout=PATIENCE).json()["items"] == []
    listed = session.get(events, timeout=PATIENCE).json()
    assert [event["summary"] for event in listed["items"]] == ["Sown"] * 3

    session.post(f"{server.url}/simulator/expire-sync-tokens", timeout=PATIENCE).raise_for_status()

    increment = session.get(events, params={"syncToken": listed["nextSyncToken"]}, timeout=PATIENCE)
    assert increment.status_code == 410


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("GET nosuch", {}, 404),
        ("PATCH options", {"nosuch": 1}, 400),
        ("PATCH options", {"sync": "sometimes"}, 400),
        ("PATCH options", {"unwatchable": 5}, 400),
        ("POST block", {"prefix": "http", "how": "gently"}, 400),
        ("POST advance", {}, 400),
        ("POST seed-events", {"calendar": "primary"}, 400),
        ("POST seed-events", {"calendar": "nosuch", "count": 1}, 400),
        ("POST advance", {"seconds": "many"}, 400),
    ],
)
def test_a_mistake_at_the_back_door_is_explained(
    session: requests.Session, server: Server, action: str, body: object, status: int
) -> None:
    method, name = action.split()
    answer = session.request(method, f"{server.url}/simulator/{name}", json=body, timeout=PATIENCE)

    assert answer.status_code == status
    assert answer.json()["error"]


def test_an_address_that_google_does_not_have_is_html(session: requests.Session, server: Server) -> None:
    answer = session.get(f"{server.url}/nosuch", timeout=PATIENCE)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html")


def test_a_body_that_is_not_json_is_refused_and_recorded(session: requests.Session, server: Server) -> None:
    answer = session.post(f"{server.url}/calendar/v3/calendars", data="{", timeout=PATIENCE)

    assert answer.json()["error"]["errors"][0]["reason"] == "parseError"
    assert server.simulator.calls[-1].offences == ("body: is not JSON",)


def test_one_connection_serves_many_calls(server: Server) -> None:
    connection = HTTPConnection(server.url.removeprefix("http://"), timeout=PATIENCE)
    with closing(connection):
        connection.connect()
        first = connection.sock
        for path in ("users/me/settings", "nosuch", "users/me/calendarList"):
            connection.request("GET", f"/calendar/v3/{path}")
            connection.getresponse().read()
        assert connection.sock is first


def test_client_code_runs_in_process_against_googles_own_address(session: requests.Session) -> None:
    simulator = CalendarSimulator(lambda: NOW)
    session.mount(GOOGLE, SimulatorAdapter(simulator))

    answer = session.get(f"{GOOGLE}/calendar/v3/users/me/settings/locale", params={"fields": "value"}, timeout=1)

    assert answer.json() == {"value": "en"}
    assert watch(session, GOOGLE, "https://receiver.example/").json()["kind"] == "api#channel"
    assert [delivery.state for delivery in simulator.take_due(NOW)] == ["sync"]
    assert session.get(f"{GOOGLE}/simulator/channels", timeout=1).json()[0]["id"] == "c1"


def test_calls_from_many_threads_do_not_overlap() -> None:
    simulator = CalendarSimulator(lambda: NOW)

    def create(number: int) -> None:
        with requests.Session() as session:
            session.mount(GOOGLE, SimulatorAdapter(simulator))
            for _ in range(10):
                body = {"summary": f"Team {number}"}
                session.post(f"{GOOGLE}/calendar/v3/calendars", json=body, timeout=1).raise_for_status()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(create, range(8)))

    listed = Actor(simulator, "alice@example.com").get("users/me/calendarList")["items"]
    assert len(listed) == 81
    assert len({entry["etag"] for entry in listed}) == 81


def test_in_process_too_the_sync_message_may_come_first(session: requests.Session) -> None:
    received: list[Delivery] = []

    def receive(delivery: Delivery) -> int:
        received.append(delivery)
        return 204

    simulator = CalendarSimulator(lambda: NOW)
    simulator.configure(sync="before")
    session.mount(GOOGLE, SimulatorAdapter(simulator, receive))
    watch(session, GOOGLE, "https://receiver.example/")

    assert [delivery.number for delivery in received] == [1]
    assert simulator.deliveries[-1].outcome == "delivered"


def test_without_a_receiver_the_early_sync_message_waits(session: requests.Session) -> None:
    simulator = CalendarSimulator(lambda: NOW)
    simulator.configure(sync="before")
    session.mount(GOOGLE, SimulatorAdapter(simulator))
    watch(session, GOOGLE, "https://receiver.example/")

    assert simulator.deliveries[-1].outcome == "retried"


def test_it_runs_on_its_own_and_says_where(session: requests.Session) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.doubles.calendar_simulator",
        "--user",
        "carol@example.com",
        "--options",
        "{}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        printed = json.loads(process.stdout.readline())
        calendar = session.get(f"{printed['apiRoot']}/calendars/primary", timeout=PATIENCE).json()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0

    assert calendar["id"] == "carol@example.com"


def test_a_slow_answer_takes_real_time() -> None:
    simulator = CalendarSimulator(lambda: NOW)
    simulator.seed_events("primary", 4)
    simulator.configure(quirks={"Q08": 1}, slow_seconds_per_item=0.05)
    with serve(simulator) as server:
        began = time.monotonic()

        requests.get(f"{server.url}/calendar/v3/calendars/primary/events", timeout=PATIENCE)

        assert time.monotonic() - began >= 0.2
