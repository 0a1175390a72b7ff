"""Settings, which no program can change."""

from tests.conformance.bench import SETTINGS, Bench
from tests.conformance.claim import Finding, claim


@claim("methods, paths, parameters, fields, scopes")
def a_setting_has_an_id_and_a_value(b: Bench) -> Finding:
    got = b.must("GET", f"{SETTINGS}/timezone")
    found = [got.get("kind"), got.get("id"), isinstance(got.get("value"), str)]
    return Finding(["calendar#setting", "timezone", True], found)


@claim("**Q56**", "Q56")
def settings_that_were_never_set_are_listed_with_an_etag(b: Bench) -> Finding:
    listed = b.listing(SETTINGS)
    etags = {name: listed.item(name).get("etag", "").strip('"0') for name in ("timezone", "weekStart")}
    return Finding([], [name for name, etag in etags.items() if not etag])
