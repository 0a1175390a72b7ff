"""The console: a page for people over the API, one file, which a browser may let do what it does and nothing else."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from calendar_watch.http.problems import Page

_FILE = Path(__file__).with_suffix(".html")


@cache
def page() -> Page:
    html = _FILE.read_text(encoding="utf-8")
    headers = {
        "Content-Security-Policy": _policy(html),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",  # a new release is seen at once
    }
    return Page(html, headers)


def _policy(html: str) -> str:
    """Scripts and styles by their hashes: https://www.w3.org/TR/CSP3/#match-element-to-source-list."""
    return (
        f"default-src 'none'; script-src {_hash_of('script', html)}; style-src {_hash_of('style', html)}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash_of(element: str, html: str) -> str:
    """Of what is in the one element of that name."""
    [content] = re.findall(f"<{element}>(.*?)</{element}>", html, re.DOTALL)
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
