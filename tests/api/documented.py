"""Every answer of `watches`, held against what its own /openapi.json says."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from calendar_watch.http import openapi


def check(method: str, path: str, response: TestResponse) -> None:
    """Fails for a status that is not documented, and for a body that departs from its schema."""
    template = template_of(path)
    operations = openapi.document()["paths"].get(template, {})
    if method.lower() not in operations:
        assert response.status_code == (405 if operations else 404), (method, path, response.text)
        if method != "HEAD":  # whose answers have no body
            validator_of({"$ref": "#/components/schemas/Problem"}).validate(response.json)
        return
    answers = operations[method.lower()]["responses"]
    assert str(response.status_code) in answers, (method, path, response.status_code, response.text)
    [kind] = answers[str(response.status_code)]["content"]
    assert response.mimetype == kind
    told = response.json if response.is_json else response.text
    validator(method, template, response.status_code).validate(told)


def template_of(path: str) -> str:
    """As the document has it; there is nothing more than two levels deep."""
    segments = [each for each in path.partition("?")[0].split("/") if each]
    segments = segments[1:] if segments[:1] == ["watches"] else segments
    if not segments or segments in (["batch"], ["checks"], ["summary"], ["openapi.json"], ["console"]):
        return f"/{''.join(segments)}"
    return "/".join(["", "{id}", *segments[1:]])


@cache
def validator(method: str, template: str, status: int) -> Draft202012Validator:
    answer = openapi.document()["paths"][template][method.lower()]["responses"][str(status)]
    [content] = answer["content"].values()
    return validator_of(content["schema"])


def validator_of(schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": openapi.document()["components"]})
