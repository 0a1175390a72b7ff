"""Says which heavy modules are there after `main.py` was imported, and after one forged message. A program of its own.

python -m tests.tools.bench.loaded        prints [[…], […]]
"""

import json
import sys
from collections.abc import Sequence

from functions_framework import create_app

HEAVY = ("google.cloud.firestore", "grpc", "google.auth", "requests")
FORGED = {
    "X-Goog-Channel-ID": "c-1",
    "X-Goog-Channel-Token": f"1.{'a' * 32}.{'A' * 43}",
    "X-Goog-Message-Number": "2",
    "X-Goog-Resource-ID": "r-1",
    "X-Goog-Resource-State": "exists",
    "X-Goog-Resource-URI": "https://www.googleapis.com/calendar/v3/users/me/settings?alt=json",
}
SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": "bench",
    "CHANNEL_TOKEN_KEYS": "k" * 32,
    "NOTIFICATION_URL": "https://notifications.example.com/",
}
"""All that `notifications` needs to refuse a message."""


def _loaded() -> Sequence[str]:
    return [name for name in HEAVY if name in sys.modules]


def main() -> None:
    client = create_app("notifications", "functions/main.py").test_client()  # type: ignore[no-untyped-call]
    imported = _loaded()
    assert client.post("/", headers=FORGED).status_code == 403
    sys.stdout.write(json.dumps([imported, _loaded()]) + "\n")


if __name__ == "__main__":
    main()
