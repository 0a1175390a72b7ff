"""Tokens for a service account: what it signs, and what it is given."""

from tests.conformance.bench import Bench
from tests.conformance.claim import Finding, claim

_TIMES = 5


def _said(b: Bench) -> list[str]:
    return sorted({b.side.sign_in(0).said for _ in range(_TIMES)})


@claim("**Q62**", "Q13", "Q14", "Q15", "Q61", "Q62", "Q63", needs=("tokens",))
def whoever_signs_is_given_a_token(b: Bench) -> Finding:
    return Finding(["200"], _said(b))


@claim("… `iat` more than five minutes from its clock is refused", needs=("tokens",))
def claims_dated_an_hour_ahead_are_refused(b: Bench) -> Finding:
    return Finding("400 invalid_grant", b.side.sign_in(3_600).said)
