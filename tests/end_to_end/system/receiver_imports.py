"""Sends `notifications` one message for each token given, and tells after each whether Firestore's client was loaded.

A program of its own, because what is imported once stays imported.
"""

import json
import sys

from functions_framework import create_app

_HEADERS = {
    "X-Goog-Channel-ID": "c-1",
    "X-Goog-Message-Number": "2",
    "X-Goog-Resource-ID": "r-1",
    "X-Goog-Resource-State": "exists",
    "X-Goog-Resource-URI": "https://www.googleapis.com/calendar/v3/users/me/settings?alt=json",
}


def main() -> None:
    client = create_app("notifications", "functions/main.py").test_client()  # type: ignore[no-untyped-call]
    told = []
    for token in sys.argv[1:]:
        answer = client.post("/", headers={**_HEADERS, "X-Goog-Channel-Token": token})
        told.append([answer.status_code, "google.cloud.firestore" in sys.modules])
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
