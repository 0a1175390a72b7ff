"""`watches`, asked as whoever gcloud is logged in as; on this machine, where nobody checks, as nobody."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.parse import urlsplit

COULD_NOT_ASK = 2
_INTERRUPTED = 130
_SECONDS = 60
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_NOT_LET_IN = "log in with `gcloud auth login` as a member of watch_invokers"


class PlainError(Exception):
    """A sentence for whoever runs the program."""


class RefusedError(PlainError):
    def __init__(self, status: int, told: str):
        super().__init__(told)
        self.status = status


class Watches:
    def __init__(self, url: str, token: str):
        self._url = url.rstrip("/")
        self._token = token

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of the answer. Raises RefusedError for another status than 2xx, and PlainError."""
        request = urllib.request.Request(self._url + path, method=method, headers=self._headers())  # noqa: S310 - checked
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with _OPENER.open(request, timeout=_SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise RefusedError(error.code, f"{self._url} answers {error.code}: {_words(error)}") from None
        except ValueError:
            raise PlainError(f"{self._url} does not answer as watches does: is it the output watches_url?") from None
        except (OSError, HTTPException) as error:
            raise PlainError(f"{self._url} does not answer: {getattr(error, 'reason', error)}") from None

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the address that it was asked for."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def _words(error: urllib.error.HTTPError) -> str:
    """What a problem of ours says; what Google's own refusal means."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, LookupError, TypeError, OSError, HTTPException):
        return _NOT_LET_IN if error.code in (401, 403) else "is it the output watches_url, of this release?"


def connect(url: str) -> Watches:
    """Raises PlainError for what is no address, and where gcloud gives no token."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return Watches(url, "")
    if parts.scheme != "https" or not parts.hostname:
        raise PlainError("say where watches is: WATCHES=https://…, the output watches_url")
    return Watches(url, identity_token())


def identity_token() -> str:
    """It lives for an hour."""
    command = ["gcloud", "auth", "print-identity-token"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except FileNotFoundError:
        raise PlainError("there is no gcloud here: https://cloud.google.com/sdk/docs/install") from None
    except subprocess.CalledProcessError as error:
        raise PlainError(
            f"gcloud gives no identity token: {str(error.stderr).strip() or 'gcloud auth login'}"
        ) from None


def run(program: Callable[[], int]) -> NoReturn:
    """End with what `program` returns, or with a sentence on why it could not do what it is for."""
    try:
        status = program()
    except PlainError as problem:
        print(problem, file=sys.stderr)
        status = COULD_NOT_ASK
    except KeyboardInterrupt:
        status = _INTERRUPTED
    sys.exit(status)
