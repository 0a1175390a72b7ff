"""The console, as it is sent; what it does in a browser is tested in tests/end_to_end/console."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from tests.api.deployment import Deployment


class Elements(HTMLParser):
    """What a page consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.inline: dict[str, str] = {}
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self._within in {"script", "style"} and data.strip():
            assert self._within not in self.inline, "there are two"
            self.inline[self._within] = data


def hash_of(content: str) -> str:
    return b64encode(sha256(content.encode()).digest()).decode()


@pytest.mark.parametrize("path", ["/console", "/watches/console", "/console/"])
def test_it_is_one_page_that_may_do_only_what_is_written_in_it(deployment: Deployment, path: str) -> None:
    answer = deployment.ask("watches", "GET", path)
    inline = Elements(answer.text).inline
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; script-src 'sha256-{hash_of(inline['script'])}'; "
        f"style-src 'sha256-{hash_of(inline['style'])}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert deployment.firestore.calls.log() == []


def test_it_refers_to_nothing_elsewhere_and_holds_no_script_or_style_in_attributes(deployment: Deployment) -> None:
    html = deployment.ask("watches", "GET", "/console").text
    attributes = Elements(html).attributes
    assert not re.search(r"(https?:)?//[a-z0-9]", html.partition("<script>")[0])
    assert all(value.startswith("#") for _, name, value in attributes if name in {"href", "src", "action"})
    assert not [name for _, name, _ in attributes if name == "style" or name.startswith("on")]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", html)
