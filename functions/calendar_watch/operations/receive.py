"""What a notification does: it proves whose it is, becomes durable, wakes `renew`, and nothing else.

It never calls Google Calendar and never touches a watch: however many messages come, the other functions work on.
"""

from collections.abc import Callable
from datetime import datetime

from calendar_watch.errors import InvalidTokenError, TryLaterError
from calendar_watch.log import event
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.notification import Credentials, Headers, PendingNotification
from calendar_watch.operations.forgeries import Forgeries
from calendar_watch.ports import NotificationStore


class Receiver:
    """`store` is asked for only once a token has proved genuine: a forged message costs one HMAC for each key.

    `wake` is given the id of a watch that has a notification; where nothing is to be woken, it does nothing.
    """

    def __init__(
        self,
        tokens: ChannelTokens,
        store: Callable[[], NotificationStore],
        wake: Callable[[str], None],
        clock: Callable[[], datetime],
    ):
        self._tokens = tokens
        self._store = store
        self._wake = wake
        self._clock = clock
        self._forgeries = Forgeries(clock)

    def take(self, headers: Headers) -> None:
        """Raises InvalidRequestError, InvalidTokenError, and UnavailableError when it could not be made durable."""
        credentials = Credentials.from_headers(headers)
        watch_id = self._authenticated(credentials)
        notification = PendingNotification.from_headers(headers, watch_id, credentials.channel_id, self._clock())
        fresh = self._store().put(notification)
        self._forgeries.tell_in_time()
        _log("taken" if fresh else "coalesced", notification)
        if fresh:
            self._wake_up(watch_id)

    def end(self) -> None:
        """The instance's: what is still to be told is told."""
        self._forgeries.tell()

    def _wake_up(self, watch_id: str) -> None:
        """A lost wake-up costs a minute, an error here Google's patience: the notification is durable already."""
        try:
            self._wake(watch_id)
        except TryLaterError as error:
            event("wakeup", error.detail, severity="WARNING", watchId=watch_id)

    def _authenticated(self, credentials: Credentials) -> str:
        try:
            return self._tokens.verify(credentials.token, credentials.channel_id)
        except InvalidTokenError:
            self._forgeries.add(credentials.channel_id)
            raise


def _log(outcome: str, notification: PendingNotification) -> None:
    message = f"{notification.resource_state or 'a message'} of channel {notification.channel_id}: {outcome}"
    ids = {"watchId": notification.watch_id, "channelId": notification.channel_id}
    event("notification", message, outcome=outcome, **ids)
