"""`watches`, asked as whoever gcloud is logged in as; on this machine, where nobody checks, as nobody."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

COULD_NOT_ASK = 2
GOES_ON = "interrupted: give the same command again, it goes on with what is left"
_INTERRUPTED = 130
_SECONDS = 60
_THREADS = 16
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FORM = "application/x-www-form-urlencoded"
_HELD = (404, 409)
"""Gone already · another watch's `follow` keeps it: it ends with that one."""
_NOT_LET_IN = "log in with `gcloud auth login` as a member of watch_invokers"


class PlainError(Exception):
    """A sentence for whoever runs the program."""


class RefusedError(PlainError):
    def __init__(self, status: int, told: str):
        super().__init__(told)
        self.status = status


class Service(ABC):
    """Something that answers in JSON. Its methods raise RefusedError for another status than 2xx, and PlainError."""

    def __init__(self, url: str, token: str):
        self._url = url.rstrip("/")
        self._token = token

    @abstractmethod
    def refusal(self, error: urllib.error.HTTPError) -> str:
        """What an answer means that is no 2xx."""

    @abstractmethod
    def misunderstanding(self) -> str:
        """What an answer means that is no JSON."""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        return self._told(method, path, data, "application/json")

    def ask_by_form(self, path: str, form: Mapping[str, str]) -> Any:
        return self._told("POST", path, urlencode(form).encode(), _FORM)

    def _told(self, method: str, path: str, data: bytes | None, kind: str) -> Any:
        request = urllib.request.Request(self._url + path, data, self._headers(), method=method)  # noqa: S310 - checked
        if data is not None:
            request.add_header("Content-Type", kind)
        try:
            with _OPENER.open(request, timeout=_SECONDS) as response:
                told = response.read()
                return json.loads(told) if told or method != "DELETE" else None
        except urllib.error.HTTPError as error:
            with error:
                raise RefusedError(error.code, f"{self._url} answers {error.code}: {self.refusal(error)}") from None
        except ValueError:
            raise PlainError(f"{self._url} does not answer {self.misunderstanding()}") from None
        except (OSError, HTTPException) as error:
            raise PlainError(f"{self._url} does not answer: {getattr(error, 'reason', error)}") from None

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


class Watches(Service):
    def every(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield all watches that fit, from page to page."""
        token = ""
        while token is not None:
            page = self.ask("GET", "/?" + urlencode({**query, "pageSize": 500, "pageToken": token}, doseq=True))
            yield from page["watches"]
            token = page.get("nextPageToken")

    def end(self, watch_ids: Iterable[str]) -> None:
        """End them, but for those that are gone or held."""
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(self._end, watch_ids))

    def _end(self, watch_id: str) -> None:
        try:
            self.ask("DELETE", f"/{watch_id}")
        except RefusedError as error:
            if error.status not in _HELD:
                raise

    def refusal(self, error: urllib.error.HTTPError) -> str:
        """What a problem of ours says; what Google's own refusal means."""
        try:
            return str(json.load(error)["detail"])
        except (ValueError, LookupError, TypeError, OSError, HTTPException):
            return _NOT_LET_IN if error.code in (401, 403) else "is it the output watches_url, of this release?"

    def misunderstanding(self) -> str:
        return "as watches does: is it the output watches_url?"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the address that it was asked for."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def connect(url: str) -> Watches:
    """Raises PlainError for what is no address, and where gcloud gives no token."""
    parts = urlsplit(url)
    if is_loopback(url):
        return Watches(url, "")
    if parts.scheme != "https" or not parts.hostname:
        raise PlainError("say where watches is: WATCHES=https://…, the output watches_url")
    return Watches(url, identity_token(url.rstrip("/")))


def is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def identity_token(url: str) -> str:
    """It lives for an hour. People's name no audience, and gcloud refuses to; service accounts' must."""
    account = gcloud("account", "config", "get", "account")
    audience = [f"--audiences={url}"] if account.endswith(".gserviceaccount.com") else []
    return gcloud("identity token", "auth", "print-identity-token", *audience)


def gcloud(what: str, *arguments: str) -> str:
    """Return what it prints. Raises PlainError, which names `what` it does not give."""
    command = ["gcloud", *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except FileNotFoundError:
        raise PlainError("there is no gcloud here: https://cloud.google.com/sdk/docs/install") from None
    except subprocess.CalledProcessError as error:
        raise PlainError(f"gcloud gives no {what}: {str(error.stderr).strip() or 'gcloud auth login'}") from None


def run(program: Callable[[], int], interrupted: str = "interrupted") -> NoReturn:
    """End with what `program` returns, or with a sentence on why it could not do what it is for."""
    try:
        status = program()
    except PlainError as problem:
        print(problem, file=sys.stderr)
        status = COULD_NOT_ASK
    except KeyboardInterrupt:
        print(interrupted, file=sys.stderr)
        status = _INTERRUPTED
    sys.exit(status)
