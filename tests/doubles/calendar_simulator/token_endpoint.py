"""IAM and Google's token endpoint, as a delegated service account meets them on its way to a token."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qs

from .call import Answer, Call
from .errors import JSON
from .identity import Tokens
from .quirks import bodies, refusing
from .world import World

ACCOUNT = "simulated@project.iam.gserviceaccount.com"
_ACCOUNTS = re.compile(r"/v1/projects/-/serviceAccounts/(?P<account>[^/:]+):(?P<verb>signJwt|generateAccessToken)")
_TOKEN = "/token"  # noqa: S105 - a path
_HOUR = 3_600
_TOLERANCE = 300
_WRONG_BY = 600
_WRONG_FOR = 600

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Granted:
    """Who spoke last, and what: the answer of `token` with status 200 holds the token."""

    by: Literal["signJwt", "token"]
    answer: Answer


class TokenEndpoint:
    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world = world
        self._tokens = tokens
        self._given = 0

    def grant(self, subject: str, scope: str, at: datetime) -> Granted:
        """All that it takes, without HTTP; `at` is what the client's clock says."""
        issued = int(at.timestamp())
        claims = {"iss": ACCOUNT, "sub": subject, "scope": scope, "iat": issued, "exp": issued + _HOUR}
        signed = self._sign(claims)
        return Granted("token", self._exchange(claims)) if signed.status == 200 else Granted("signJwt", signed)

    def handle(self, call: Call) -> Answer | None:
        """Return None for what belongs to another service."""
        asked = _ACCOUNTS.fullmatch(call.path)
        if call.method != "POST" or (asked is None and call.path != _TOKEN):
            return None
        try:
            return self._token(call) if asked is None else self._impersonated(call, **asked.groupdict())
        except (ValueError, LookupError, TypeError):
            return bodies.oauth(400, "invalid_request", "The simulator does not understand this request.")

    def _impersonated(self, call: Call, account: str, verb: str) -> Answer:
        body = json.loads(call.body)
        return self._sign(json.loads(body["payload"])) if verb == "signJwt" else self._generate(account, body["scope"])

    def _sign(self, claims: Claims) -> Answer:
        refused = refusing.answer(refusing.Asked(self._world, "iam.signJwt", claims["sub"]))
        return refused or _json({"keyId": "simulated", "signedJwt": _unsigned(claims)})

    def _generate(self, account: str, scopes: list[str]) -> Answer:
        refused = refusing.answer(refusing.Asked(self._world, "iam.generateAccessToken", account))
        if refused:
            return refused
        expires = self._world.now() + timedelta(seconds=_HOUR)
        given = self._give(account, scopes, expires)
        return _json({"accessToken": given, "expireTime": expires.strftime("%Y-%m-%dT%H:%M:%SZ")})

    def _token(self, call: Call) -> Answer:
        assertion = parse_qs(call.body.decode()).get("assertion")
        if assertion is None:
            return bodies.oauth(400, "unsupported_grant_type", "Invalid grant_type")
        return self._exchange(_claims(assertion[0]))

    def _exchange(self, claims: Claims) -> Answer:
        refused = refusing.answer(refusing.Asked(self._world, "oauth2.token", claims["sub"]))
        if refused:
            return refused
        if set(claims["scope"].split()) & set(self._world.options.undelegated_scopes):
            return bodies.NOT_DELEGATED
        if self._finds_untimely(claims):
            return bodies.CLOCK
        expires = self._world.now() + timedelta(seconds=_HOUR)
        given = self._give(claims["sub"], claims["scope"].split(), expires)
        return _json({"access_token": given, "expires_in": _HOUR - 1, "token_type": "Bearer"})

    def _finds_untimely(self, claims: Claims) -> bool:
        """By the clock of the endpoint, which may be wrong itself."""
        wrong_by = self._wrong_by()
        clock = self._world.now().timestamp() + wrong_by
        issued, ends = int(claims["iat"]), int(claims["exp"])
        untimely = abs(issued - clock) > _TOLERANCE or ends - issued > _HOUR
        self._world.quirks.seen("Q14", untimely and wrong_by != 0)
        return untimely

    def _wrong_by(self) -> int:
        quirks, now = self._world.quirks, self._world.now()
        if quirks.strikes("Q14"):
            quirks.begin_spell("Q14", quirks.dice("Q14").choice(("clock ahead", "clock behind")), now, _WRONG_FOR)
        ahead, behind = (quirks.under_spell("Q14", f"clock {how}", now) for how in ("ahead", "behind"))
        return _WRONG_BY * (ahead - behind)

    def _give(self, subject: str, scopes: list[str], expires: datetime) -> str:
        self._given += 1
        token = f"ya29.simulated-{self._given}"
        self._tokens.register(token, subject, scopes, expires)
        return token


def _json(value: Mapping[str, Any]) -> Answer:
    return Answer(200, JSON, json.dumps(value).encode())


def _unsigned(claims: Claims) -> str:
    """Whoever reads it here does not check."""
    return ".".join(_part(part) for part in ({"alg": "none"}, claims, {}))


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _claims(assertion: str) -> Claims:
    claims: Claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
    return claims
