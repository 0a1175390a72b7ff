"""What time it is at Google."""

from datetime import datetime
from email.utils import parsedate_to_datetime

import requests

from calendar_watch.errors import TryLaterError

_SECONDS = (4.0, 5.0)
"""To connect, and for each read."""


def google_time(session: requests.Session, root: str) -> datetime:
    """By the `Date` of any answer, a 404 included, so that no user and no token is needed. Raises TryLaterError."""
    try:
        with session.get(root, timeout=_SECONDS, allow_redirects=False, stream=True) as response:
            return _moment(response.headers["Date"])
    except requests.RequestException as exception:
        raise TryLaterError(f"no answer from Google: {type(exception).__name__}") from None
    except (LookupError, ValueError):
        raise TryLaterError("Google's answer has no date") from None


def _moment(text: str) -> datetime:
    """Whatever stands between may put in anything."""
    moment = parsedate_to_datetime(text)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset from UTC")
    return moment
