"""What a notification does: it proves whose it is, becomes durable, wakes `renew`, and nothing else.

It never calls Google Calendar and never touches a watch: however many messages come, the other functions work on.
"""

from collections.abc import Callable
from datetime import datetime

from calendar_watch.errors import InvalidTokenError, TryLaterError
from calendar_watch.log import event
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.notification import Headers, Notification, PendingNotification
from calendar_watch.operations.forgeries import Forgeries
from calendar_watch.ports import NotificationStore


class Receiver:
    """`store` is asked for only once a token has proved genuine: a forged message costs one HMAC.

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
        notification = Notification.from_headers(headers)
        watch_id = self._authenticated(notification)
        fresh = self._store().put(self._notifications(notification, watch_id))
        self._forgeries.tell_in_time()
        _log("taken" if fresh else "coalesced", notification, watch_id)
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

    def _authenticated(self, notification: Notification) -> str:
        try:
            return self._tokens.verify(notification.token, notification.channel_id)
        except InvalidTokenError:
            self._forgeries.add(notification.channel_id)
            raise

    def _notifications(self, notification: Notification, watch_id: str) -> PendingNotification:
        return PendingNotification(
            watch_id=watch_id,
            channel_id=notification.channel_id,
            resource_id=notification.resource_id,
            resource_state=notification.resource_state,
            expiration=notification.expiration,
            received=self._clock(),
        )


def _log(outcome: str, notification: Notification, watch_id: str) -> None:
    message = f"{notification.resource_state or 'a message'} of channel {notification.channel_id}: {outcome}"
    event("notification", message, outcome=outcome, watchId=watch_id, channelId=notification.channel_id)
