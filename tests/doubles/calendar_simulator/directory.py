"""The Directory API, as far as whoever enrols a domain meets it: users.list and users.get."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from . import errors, fields
from .call import Answer, Call
from .errors import JSON, ApiError
from .fields import Mask
from .identity import Grant, Tokens
from .people import Person
from .seals import Seal
from .world import World

_USERS = "/admin/directory/v1/users"
_SCOPES = frozenset(
    {
        "https://www.googleapis.com/auth/admin.directory.user.readonly",
        "https://www.googleapis.com/auth/admin.directory.user",
        "https://www.googleapis.com/auth/cloud-platform",
    }
)
_ACCOUNT = "my_customer"
_OFFERED = {"customer", "domain", "maxResults", "pageToken", "projection", "viewType", "fields", "alt"}
_DEFAULT_PAGE, _LARGEST_PAGE = 100, 500
_PAGE_TOKEN_SECONDS = 3 * 86_400
_TEXT, _TRUTH = {"type": "string"}, {"type": "boolean"}
_USER: Mapping[str, Any] = {
    "properties": {
        **dict.fromkeys(("kind", "id", "primaryEmail"), _TEXT),
        **dict.fromkeys(("suspended", "archived", "isAdmin"), _TRUTH),
        "aliases": {"type": "array", "items": _TEXT},
    }
}
_PAGE: Mapping[str, Any] = {
    "properties": {"kind": _TEXT, "nextPageToken": _TEXT, "users": {"type": "array", "items": _USER}}
}


class Directory:
    def __init__(self, world: World, tokens: Tokens, now: Callable[[], datetime]) -> None:
        self._world = world
        self._tokens = tokens
        self._now = now

    def handle(self, call: Call) -> Answer | None:
        """Return None for what belongs to another service."""
        if call.method != "GET" or not f"{call.path}/".startswith(f"{_USERS}/"):
            return None
        try:
            grant = self._tokens.grant_of(call, self._world.options, self._now())
            return _json(self._answer(call, grant))
        except ApiError as error:
            return error.answer()

    def _answer(self, call: Call, grant: Grant) -> Any:
        if grant.scopes is not None and _SCOPES.isdisjoint(grant.scopes):
            raise errors.insufficient_permissions()
        if not self._world.people.administer(grant.subject):
            raise errors.not_authorized()
        query = {name: values[-1] for name, values in call.query.items()}
        for name in sorted(query.keys() - _OFFERED):
            raise errors.not_offered(f"users.list with {name}")
        key = unquote(call.path.removeprefix(_USERS)).strip("/")
        return self._user(key, query) if key else self._page(query)

    def _user(self, key: str, query: Mapping[str, str]) -> Any:
        person = self._world.people.find(key)
        if person is None:
            raise errors.user_key_not_found()
        return fields.apply(_mask(query, _USER), _shown(person))

    def _page(self, query: Mapping[str, str]) -> Any:
        seal = Seal(self._world, ("directory", query.get("customer", ""), query.get("domain", "")))
        wanted, size, start = self._wanted(query), _size(query), self._start(seal, query)
        page: dict[str, Any] = {"kind": "admin#directory#users"}
        if shown := [_shown(each) for each in wanted[start : start + size]]:
            page["users"] = shown
        if start + size < len(wanted):
            page["nextPageToken"] = seal.close("page", start + size)
        return fields.apply(_mask(query, _PAGE), page)

    def _wanted(self, query: Mapping[str, str]) -> list[Person]:
        """Whoever there is in the account, or in one of its domains."""
        people, domain = self._world.people.present(), query.get("domain")
        if (domain is None) == ("customer" not in query) or query.get("customer", _ACCOUNT) != _ACCOUNT:
            raise errors.invalid_input()
        if domain is None:
            return people
        found = [each for each in people if each.email.endswith(f"@{domain}")]
        if not found:
            raise errors.domain_not_found()
        return found

    def _start(self, seal: Seal, query: Mapping[str, str]) -> int:
        if "pageToken" not in query:
            return 0
        opened = seal.open("page", query["pageToken"], self._world.ago(_PAGE_TOKEN_SECONDS))
        if opened is None:
            raise errors.invalid_input()
        return int(opened[0])


def _size(query: Mapping[str, str]) -> int:
    given = query.get("maxResults", str(_DEFAULT_PAGE))
    if not given.isdecimal() or given == "0":
        raise errors.invalid_input()
    return min(int(given), _LARGEST_PAGE)


def _mask(query: Mapping[str, str], schema: Mapping[str, Any]) -> Mask:
    return fields.parse(query["fields"], schema) if "fields" in query else {}


def _shown(person: Person) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": "admin#directory#user",
        "id": person.id,
        "primaryEmail": person.email,
        "isAdmin": person.admin,
        "suspended": person.standing == "suspended",
        "archived": person.standing == "archived",
    }
    return shown | ({"aliases": list(person.aliases)} if person.aliases else {})


def _json(value: Any) -> Answer:
    return Answer(200, JSON, json.dumps(value).encode())
