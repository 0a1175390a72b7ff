"""Whose call it is: access tokens, the users behind them and the scopes they were given."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from . import errors
from .call import Call
from .discovery import Method
from .options import Options


@dataclass(frozen=True)
class Grant:
    subject: str
    #: full scope addresses; None allows everything, as for a call without a token
    scopes: frozenset[str] | None
    #: None: never
    expires: datetime | None = None


class Tokens:
    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def register(self, token: str, subject: str, scopes: Collection[str], expires: datetime | None = None) -> None:
        self._grants[token] = Grant(subject, frozenset(scopes), expires)

    def grant_of(self, call: Call, options: Options, now: datetime) -> Grant:
        """Raise `authError` for a token that was never registered, or has expired."""
        header = call.headers.get("authorization")
        if header is None:
            return Grant(options.default_user, None)
        kind, _, token = header.partition(" ")
        grant = self._grants.get(token) or _own(token, options.token_domains)
        if kind.lower() != "bearer" or grant is None or (grant.expires and grant.expires <= now):
            raise errors.auth_error()
        return grant


def _own(token: str, domains: Collection[str]) -> Grant | None:
    """An address may be its own token."""
    name, _, domain = token.partition("@")
    return Grant(token, None) if name and domain in domains else None


def require_scope(grant: Grant, method: Method) -> None:
    """Any one of the method's scopes is enough."""
    if grant.scopes is not None and method.scopes.isdisjoint(grant.scopes):
        raise errors.insufficient_permissions()
