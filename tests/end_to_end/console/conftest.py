"""The console in a real Chromium, served by the real function on local doubles."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from werkzeug import Request, Response

from calendar_watch.sizes import encoded
from tests.api.deployment import Deployment, Json
from tests.api.google import Line, listening
from tests.doubles import local_firestore
from tests.support import browser
from tests.support.browser import Browser
from tests.support.stack import until

Amend = Callable[[str, Json], Json]
Deploy = Callable[..., Deployment]
Show = Callable[..., Browser]
_NO_TIME = timedelta(0)


class Served:
    """The function behind a socket, with a log of what was asked of it."""

    url: str

    def __init__(self, deployment: Deployment) -> None:
        self.asked: list[str] = []
        self.instead: Response | None = None
        """What is answered meanwhile, except for the page itself."""
        self.amended: Amend = lambda _path, content: content
        """How answers are changed on their way."""
        self._deployment = deployment

    def __call__(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.full_path.removesuffix('?')}")
        if self.instead and not request.path.endswith("/console"):
            return self.instead
        answer = self._deployment.ask(
            "watches",
            request.method,
            request.path,
            query_string=request.query_string.decode(),
            data=request.get_data(),
            content_type=request.content_type,
            headers={name: value for name, value in request.headers.items() if name.startswith("Sec-")},
        )
        body = encoded(self.amended(request.path, answer.json or {})) if answer.is_json else answer.data
        return Response(body, answer.status_code, dict(answer.headers) | {"Content-Length": str(len(body))})


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deploy]:
    """Deploy with other variables than usual; what was tried just now may be tried again at once."""
    monkeypatch.setattr("calendar_watch.operations.register._PAUSE_AFTER_REFUSAL", 0.01)
    monkeypatch.setattr("calendar_watch.decisions.refusals._APART", _NO_TIME)
    line = Line()
    with listening(line) as google, local_firestore.serve() as firestore, firestore.beside():

        def deploy(**variables: str) -> Deployment:
            deployment = Deployment(f"console-{uuid4().hex[:12]}", firestore, google)
            line.google = deployment.google
            deployment.deploy(monkeypatch, **variables)
            return deployment

        yield deploy


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    return deploy()


@pytest.fixture
def served(deployment: Deployment) -> Iterator[Served]:
    served = Served(deployment)
    with listening(Request.application(served)) as served.url:
        yield served


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not browser.present():
        pytest.skip("chromium and chromedriver")
    with browser.browser(tmp_path_factory.mktemp("chromium")) as chromium:
        yield chromium


@pytest.fixture
def show(chromium: Browser, served: Served) -> Iterator[Show]:
    """Show a page of the console and wait for some text on it. Whatever it does, it asks nobody else."""

    def show(page: str = "", wait: str = "As of", path: str = "/console") -> Browser:
        chromium.go("about:blank")
        chromium.go(f"{served.url}{path}#/{page}")
        until(lambda: wait in chromium.text(), f"{wait!r} is shown")
        return chromium

    chromium.size(1200, 900)
    chromium.scheme("light")
    yield show
    unexpected = complaints(chromium)
    elsewhere = [url for url in chromium.requested() if not url.startswith((f"{served.url}/", "about:", "data:"))]
    assert (elsewhere, unexpected) == ([], [])


def complaints(page: Browser) -> list[str]:
    """All that its console says of the page, which is left: more answers may be on their way."""
    page.go("about:blank")
    return page.errors()


def seen(page: Browser, text: str, selector: str = "body") -> str:
    """All that is to be read there, once that text is."""
    until(lambda: text in page.text(selector), f"{text!r} is shown")
    return page.text(selector)
