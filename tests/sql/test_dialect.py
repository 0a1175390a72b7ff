"""What a translation hides: things that BigQuery refuses or reads otherwise, and that run here all the same."""

import re

import pytest
import sqlglot
from sqlglot import exp

from tests.sql.questions import QUESTIONS
from tests.sql.warehouse import SQL, TYPES, VIEWS, view

QUERIES = {**{name: view(name) for name in VIEWS}, **QUESTIONS}


def test_every_view_is_tried() -> None:
    assert {path.stem for path in SQL.glob("*.sql")} == set(VIEWS)


@pytest.mark.parametrize("name", QUERIES)
def test_a_name_with_a_hyphen_has_its_quotes_in_a_path(name: str) -> None:
    """BigQuery refuses `$.ce-id`; the translator adds the quotes."""
    paths = re.findall(r"'(\$[^']*)'", QUERIES[name])
    assert [each for each in paths if not re.fullmatch(r'\$(\.\w+|\."[\w-]+")+', each)] == []
    assert [each for each in re.findall(r"ce-\w+(?=\W)", _code(name)) if f'$."{each}"' not in QUERIES[name]] == []


@pytest.mark.parametrize("name", QUERIES)
def test_qualify_comes_with_a_where(name: str) -> None:
    """As BigQuery has demanded."""
    for select in sqlglot.parse_one(QUERIES[name], read="bigquery").find_all(exp.Select):
        assert not select.args.get("qualify") or select.args.get("where")


@pytest.mark.parametrize("name", QUERIES)
def test_tables_are_named_in_full(name: str) -> None:
    """A view knows no default dataset."""
    tree = sqlglot.parse_one(QUERIES[name], read="bigquery")
    inside = {each.alias for each in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        assert table.name in inside or (table.catalog, table.db) == ("my-project", "calendar_watch")


@pytest.mark.parametrize("name", QUERIES)
def test_a_json_null_is_never_taken_for_a_missing_value(name: str) -> None:
    """JSON_QUERY gives JSON's null, which is not SQL's: only where none can be may it be compared."""
    tree = sqlglot.parse_one(QUERIES[name], read="bigquery")
    compared = [each.this for each in tree.find_all(exp.Is)]
    assert [each.sql("bigquery") for each in compared if isinstance(each, exp.JSONExtract)] == []


def test_columns_are_those_that_terraform_makes() -> None:
    text = (SQL.parent / "bigquery.tf").read_text()
    made = dict(re.findall(r'^ +(\w+) += "(JSON|STRING|TIMESTAMP)"$', text, re.MULTILINE))
    assert {name: kind.replace("STRING", "VARCHAR") for name, kind in made.items()} == TYPES


def _code(name: str) -> str:
    return re.sub(r"^--.*$", "", QUERIES[name], flags=re.MULTILINE)
