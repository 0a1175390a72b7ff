"""Channel tokens: how a notification proves that it comes from a channel of ours.

A token is `1.<watch id>.<signature>`, signed over the watch id and the channel id, so that it is worth nothing on
any other channel. It holds nothing secret, as Google asks.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence

from itsdangerous import Signer

from calendar_watch.errors import InvalidTokenError

_VERSION = "1"
_SALT = b"calendar-watch.channel-token"
_FINGERPRINT = b"calendar-watch.key-fingerprint"

# 32 bytes in base64 end in a letter whose two lowest bits say nothing: other letters there would be the same
# signature spelled differently.
_FORM = re.compile(r"1\.([a-z2-7]{32})\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])")


class ChannelTokens:
    """The first key signs, all verify: a new key is put first, and the old one goes when no channel needs it."""

    def __init__(self, keys: Sequence[str]):
        self._newest = keys[0].encode()
        oldest_first = [_derived(key) for key in reversed(keys)]  # as itsdangerous takes them
        self._signer = Signer(oldest_first, key_derivation="none", digest_method=hashlib.sha256)

    def sign(self, channel_id: str, watch_id: str) -> str:
        signature = self._signer.get_signature(_statement(channel_id, watch_id)).decode()
        return f"{_VERSION}.{watch_id}.{signature}"

    def verify(self, token: str | None, channel_id: str) -> str:
        """Tell whose channel this is: the id of its watch."""
        if token is None:
            raise InvalidTokenError("there is no token")
        form = _FORM.fullmatch(token)
        if form is None:
            raise InvalidTokenError("the token is not of our making")
        watch_id, signature = form.groups()
        if not self._signer.verify_signature(_statement(channel_id, watch_id), signature):
            raise InvalidTokenError("the token was not signed by a key of ours for this channel")
        return watch_id

    @property
    def fingerprint(self) -> str:
        """Tells which key signs, but not the key."""
        return hmac.new(self._newest, _FINGERPRINT, hashlib.sha256).hexdigest()[:12]


def _derived(key: str) -> bytes:
    """As itsdangerous would from a salt, but once, and not for each message of a flood."""
    return hmac.digest(key.encode(), _SALT, hashlib.sha256)


def _statement(channel_id: str, watch_id: str) -> str:
    # A list, so that no two pairs of ids ever read the same.
    return json.dumps([_VERSION, watch_id, channel_id])
