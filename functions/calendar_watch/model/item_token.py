"""A page token of `items`: where in the collection of which watch the page ended. Only a token of ours is one."""

from calendar_watch.model.collection.parts import is_key


def token_of(watch_id: str, key: str) -> str:
    """The key comes first, so that the previous release, which knows only keys, goes on behind it as well."""
    return f"{key}@{watch_id}"


def key_in(token: str, watch_id: str) -> str:
    """The key where the page before ended. Raises ValueError for a spoilt token, and for another watch's."""
    key, _, owner = token.rpartition("@")
    if owner != watch_id or not is_key(key):
        raise ValueError("is not a token of ours for this watch: ask without one to begin again")
    return key
