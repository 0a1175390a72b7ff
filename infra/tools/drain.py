"""End every watch and wait until Google has been told: what to run before `terraform destroy`.

    make drain WATCHES=https://…              the output watches_url

Otherwise channels would go on sending, for up to a week, to an address that nobody answers. Repeating it is harmless.
"""

import sys
import time
from collections.abc import Callable, Sequence

from infra.tools.quantity import quantity
from infra.tools.service import GOES_ON, Watches, connect, run

AT_ONCE = 5000
_BATCH = 100
"""Between two lines that say how far it is: some seconds."""


def drain(reconnect: Callable[[], Watches], pause: float = 5) -> int:
    """`reconnect` is called again and again, as a token lives for an hour."""
    while left := [each for each in reconnect().every() if each["state"] != "stopped"]:
        print(quantity(len(left), "watch", "watches"), "left", flush=True)
        wanted = [each["id"] for each in left if each["state"] != "stopping"]
        _end(reconnect(), wanted[:AT_ONCE])
        time.sleep(pause)
    print("no watch is left")
    return 0


def _end(watches: Watches, wanted: Sequence[str]) -> None:
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        watches.end(batch)
        print(f"{start + len(batch)} of {len(wanted)} asked to end", flush=True)


if __name__ == "__main__":
    run(lambda: drain(lambda: connect("".join(sys.argv[1:2]))), GOES_ON)
