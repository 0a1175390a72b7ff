import hashlib
import json
import re
from string import ascii_letters, digits

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from itsdangerous import Signer

from calendar_watch.errors import InvalidTokenError
from calendar_watch.model.channel_token import ChannelTokens

OLD, NEW, FOREIGN = "old-" * 8, "new-" * 8, "foreign-" * 4
WATCH = "abcdefghijklmnopqrstuvwxyz234567"
OTHER_WATCH = WATCH[::-1]
CHANNEL = "4ba78bf0-6a47-11e2-bcfd-0800200c9a66"

channel_ids = st.text(ascii_letters + digits + "-_+/=", min_size=1, max_size=64)
watch_ids = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=32, max_size=32)
keys = st.text(min_size=32, max_size=80)


def refused(tokens: ChannelTokens, token: str | None, channel_id: str = CHANNEL) -> bool:
    try:
        tokens.verify(token, channel_id)
    except InvalidTokenError:
        return True
    return False


@given(keys, channel_ids, watch_ids)
def test_a_signed_token_tells_the_watch_of_its_channel(key: str, channel_id: str, watch_id: str) -> None:
    tokens = ChannelTokens([key])
    assert tokens.verify(tokens.sign(channel_id, watch_id), channel_id) == watch_id


@given(channel_ids, watch_ids)
def test_a_token_is_a_version_a_watch_and_a_signature_that_google_has_room_for(channel_id: str, watch_id: str) -> None:
    token = ChannelTokens([NEW]).sign(channel_id, watch_id)
    assert re.fullmatch(rf"1\.{watch_id}\.[A-Za-z0-9_-]+", token)
    assert len(token) <= 256


@given(channel_ids, channel_ids, watch_ids)
@example("a.b", "a", WATCH)
@example(f"{WATCH}.a", "a", WATCH)
def test_a_token_is_worth_nothing_on_another_channel(ours: str, another: str, watch_id: str) -> None:
    tokens = ChannelTokens([NEW])
    assert refused(tokens, tokens.sign(ours, watch_id), another) == (ours != another)


def test_a_token_is_worth_nothing_for_another_watch() -> None:
    tokens = ChannelTokens([NEW])
    assert refused(tokens, tokens.sign(CHANNEL, WATCH).replace(WATCH, OTHER_WATCH))


@given(st.integers(0, 77), st.characters())
def test_a_token_with_any_character_changed_is_refused(position: int, character: str) -> None:
    tokens = ChannelTokens([NEW])
    token = tokens.sign(CHANNEL, WATCH)
    changed = token[:position] + character + token[position + 1 :]
    assert refused(tokens, changed) == (changed != token)


def test_a_signature_has_one_spelling() -> None:
    tokens = ChannelTokens([NEW])
    token = tokens.sign(CHANNEL, WATCH)
    accepted = [last for last in ascii_letters + digits + "-_" if not refused(tokens, token[:-1] + last)]
    assert accepted == [token[-1]]


@given(st.text() | st.from_regex(r"1\.[a-z2-7]{32}\.[A-Za-z0-9_-]{43}", fullmatch=True), channel_ids)
def test_a_token_that_was_not_signed_is_refused(token: str, channel_id: str) -> None:
    assert refused(ChannelTokens([NEW]), token, channel_id)


@pytest.mark.parametrize(
    "spoiled",
    [
        None,
        "",
        "{good}\n",
        " {good}",
        "{good}=",
        "{good}{good}{good}{good}",
        "2{rest}",
        "1.{watch}",
        "1..{signature}",
        "1.{watch}.",
        "1.{shouted}.{signature}",
        "1.{watch}a.{signature}",
        "1.{watch}.ä{signature}",
    ],
)
def test_a_malformed_token_is_refused(spoiled: str | None) -> None:
    tokens = ChannelTokens([NEW])
    good = tokens.sign(CHANNEL, WATCH)
    parts = {"good": good, "rest": good[1:], "watch": WATCH, "shouted": WATCH.upper(), "signature": good[-43:]}
    assert refused(tokens, spoiled and spoiled.format(**parts))


def test_a_refusal_does_not_repeat_the_token() -> None:
    with pytest.raises(InvalidTokenError) as refusal:
        ChannelTokens([NEW]).verify(ChannelTokens([FOREIGN]).sign(CHANNEL, WATCH), CHANNEL)
    assert WATCH not in str(refusal.value)


def test_every_key_verifies_and_the_first_signs() -> None:
    before, during, after = ChannelTokens([OLD]), ChannelTokens([NEW, OLD]), ChannelTokens([NEW])
    token_before, token_during = before.sign(CHANNEL, WATCH), during.sign(CHANNEL, WATCH)
    assert during.verify(token_before, CHANNEL) == during.verify(token_during, CHANNEL) == WATCH
    assert token_during == after.sign(CHANNEL, WATCH)
    assert refused(after, token_before)
    assert refused(during, ChannelTokens([FOREIGN]).sign(CHANNEL, WATCH))


def test_a_fingerprint_tells_which_key_signs_without_telling_the_key() -> None:
    assert ChannelTokens([NEW, OLD]).fingerprint == ChannelTokens([NEW]).fingerprint
    assert ChannelTokens([NEW]).fingerprint != ChannelTokens([OLD, NEW]).fingerprint
    assert re.fullmatch(r"[0-9a-f]{12}", ChannelTokens([NEW]).fingerprint)


@given(keys, channel_ids, watch_ids)
def test_the_key_is_derived_as_itsdangerous_does_it(key: str, channel_id: str, watch_id: str) -> None:
    signer = Signer(key, salt="calendar-watch.channel-token", key_derivation="hmac", digest_method=hashlib.sha256)
    signature = signer.get_signature(json.dumps(["1", watch_id, channel_id])).decode()
    assert ChannelTokens([key]).sign(channel_id, watch_id).endswith(signature)
