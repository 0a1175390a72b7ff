"""End every watch and wait until Google has been told: what to run before `terraform destroy`.

    make drain WATCHES=https://…              the output watches_url

Otherwise channels would go on sending, for up to a week, to an address that nobody answers. Repeating it is harmless.
"""

import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from infra.tools.service import RefusedError, Watches, connect, run

THREADS = 16
AT_ONCE = 5000
HELD = (404, 409)
"""Gone already · another watch's `follow` keeps it: it ends with that one."""


def drain(reconnect: Callable[[], Watches], pause: float = 15) -> int:
    """`reconnect` is called again and again, as a token lives for an hour."""
    while left := [each for each in _all(reconnect()) if each["state"] != "stopped"]:
        print(f"{len(left)} watches left")
        wanted = [each["id"] for each in left if each["state"] != "stopping"]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(partial(_end, reconnect()), wanted[:AT_ONCE]))
        time.sleep(pause)
    print("no watch is left")
    return 0


def _end(watches: Watches, watch_id: str) -> None:
    try:
        watches.ask("DELETE", f"/{watch_id}")
    except RefusedError as error:
        if error.status not in HELD:
            raise


def _all(watches: Watches) -> Iterator[dict[str, Any]]:
    token = ""
    while token is not None:
        page = watches.ask("GET", "/?" + urllib.parse.urlencode({"pageSize": 500, "pageToken": token}))
        yield from page["watches"]
        token = page.get("nextPageToken")


if __name__ == "__main__":
    run(lambda: drain(lambda: connect("".join(sys.argv[1:2]))))
