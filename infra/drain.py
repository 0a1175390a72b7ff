# ruff: noqa: INP001 - a script beside the Terraform that it belongs to
"""End every watch and wait until Google has been told: what to run before `terraform destroy`.

    python3 infra/drain.py https://…          the output watches_url

Otherwise channels would go on sending, for up to a week, to an address that nobody answers. Runs as whoever gcloud is
logged in as. Repeating it is harmless.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

THREADS = 16
AT_ONCE = 5000
HELD = (404, 409)
"""Gone already · another watch's `follow` keeps it: it ends with that one."""


class Watches:
    def __init__(self, url: str, token: str):
        self._url = url.rstrip("/")
        self._token = token

    def left(self) -> list[dict[str, Any]]:
        return [each for each in self._all() if each["state"] != "stopped"]

    def end(self, watch: dict[str, Any]) -> None:
        try:
            self._ask("DELETE", f"/{watch['id']}")
        except urllib.error.HTTPError as error:
            if error.code not in HELD:
                raise

    def _all(self) -> Iterator[dict[str, Any]]:
        token = ""
        while token is not None:
            page = self._ask("GET", "/?" + urllib.parse.urlencode({"pageSize": 500, "pageToken": token}))
            yield from page["watches"]
            token = page.get("nextPageToken")

    def _ask(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self._url + path, method=method, headers=headers)  # noqa: S310 - the operator's
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            return json.load(response)


def identity_token() -> str:
    command = ["gcloud", "auth", "print-identity-token"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def drain(connect: Callable[[], Watches], pause: float = 15) -> None:
    """`connect` is called again and again, as a token lives for an hour."""
    while left := connect().left():
        print(f"{len(left)} watches left")  # noqa: T201
        wanted = [each for each in left if each["state"] != "stopping"]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(connect().end, wanted[:AT_ONCE]))
        time.sleep(pause)
    print("no watch is left")  # noqa: T201


if __name__ == "__main__":
    drain(lambda: Watches(sys.argv[1], identity_token()))
