"""End every watch and wait until Google has been told: what to run before `terraform destroy`.

    make drain WATCHES=https://…              the output watches_url

Otherwise channels would go on sending, for up to a week, to an address that nobody answers. Repeating it is harmless.
"""

import sys
import time
from collections.abc import Callable

from infra.tools.service import Watches, connect, run

AT_ONCE = 5000


def drain(reconnect: Callable[[], Watches], pause: float = 15) -> int:
    """`reconnect` is called again and again, as a token lives for an hour."""
    while left := [each for each in reconnect().every() if each["state"] != "stopped"]:
        print(f"{len(left)} watches left")
        wanted = [each["id"] for each in left if each["state"] != "stopping"]
        reconnect().end(wanted[:AT_ONCE])
        time.sleep(pause)
    print("no watch is left")
    return 0


if __name__ == "__main__":
    run(lambda: drain(lambda: connect("".join(sys.argv[1:2]))))
