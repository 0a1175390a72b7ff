"""Everything that the papers' examples talk to, on loopback."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from google.auth.credentials import AnonymousCredentials
from werkzeug import Request, Response

from tests.api.deployment import Deployment
from tests.api.google import Line, listening
from tests.doubles import local_firestore, local_pubsub

CHANGES = "projects/readme/topics/changes"

CONSUMING = Path(__file__).parents[3] / "functions/CONSUMING.md"

Answer = Callable[[Request], Response]


def example(heading: str, language: str = "python") -> str:
    """The first block of code below a heading of CONSUMING.md."""
    _, found, below = CONSUMING.read_text().partition(f"\n## {heading}\n")
    section = below.partition("\n## ")[0]
    code = section.partition(f"```{language}\n")[2].partition("```")[0]
    assert found, f"{CONSUMING.name} has no heading {heading!r}"
    assert code, f"{CONSUMING.name} shows no {language} under {heading!r}"
    return code


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """Give the URL."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return answer(Request(environ))(environ, start_response)

    with listening(app) as url:
        yield url


@pytest.fixture
def pubsub() -> Iterator[local_pubsub.Server]:
    with local_pubsub.serve() as server:
        server.pubsub.create_topic(CHANGES)
        yield server


@pytest.fixture
def deployment(pubsub: local_pubsub.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """Ours, which publishes."""
    line = Line()
    with listening(line) as google, local_firestore.serve() as firestore, firestore.beside():
        deployment = Deployment(f"readme-{uuid4().hex[:12]}", firestore, google)
        line.google = deployment.google
        deployment.deploy(monkeypatch, CHANGES_TOPIC=CHANGES, PUBSUB_EMULATOR_HOST=pubsub.host)
        yield deployment


class Watches:
    """The function, with a log of what was asked of it."""

    def __init__(self, deployment: Deployment) -> None:
        self.asked: list[Request] = []
        self.away = False
        self.meanwhile: Callable[[], None] | None = None
        """What happens once, before the next answer."""
        self._deployment = deployment

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        if self.away:
            return Response(status=503)
        return self._deployment.ask(
            "watches",
            request.method,
            request.path,
            query_string=request.query_string.decode(),
            data=request.get_data(),
            content_type=request.content_type,
        )

    @property
    def paths(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.asked]


@pytest.fixture
def watches(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watches]:
    """Where the examples find it, at WATCHES_URL; nobody asks them who they are."""
    watches = Watches(deployment)
    nobody: Callable[[], object] = AnonymousCredentials
    monkeypatch.setattr("google.auth.default", lambda _scopes: (nobody(), None))
    monkeypatch.setattr("google.oauth2.id_token.fetch_id_token_credentials", lambda *_: nobody())
    with served(watches) as url:
        monkeypatch.setenv("WATCHES_URL", url)
        yield watches
