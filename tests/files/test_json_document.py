"""Schema versions and strict JSON."""

from __future__ import annotations

import pytest

from ganview.errors import UserError
from ganview.files.json_document import MAX_DEPTH, parse_object, to_text, upgrade_document


def test_migrations_run_one_after_another():
    migrations = {
        1: lambda d: {"both": [d["first"]]},
        2: lambda d: {"all": d["both"]},
    }
    assert upgrade_document({"schema": 1, "first": 5}, 3, migrations, "it") == {
        "schema": 3,
        "all": [5],
    }
    assert upgrade_document({"schema": 3, "all": []}, 3, migrations, "it") == {
        "schema": 3,
        "all": [],
    }
    with pytest.raises(UserError, match="can no longer be read"):
        upgrade_document({"schema": 1}, 3, {2: dict}, "it")


@pytest.mark.parametrize("schema", [None, 0, -1, True, 1.0, "1"])
def test_versions_that_are_none(schema):
    with pytest.raises(UserError, match="no schema version"):
        upgrade_document({"schema": schema}, 1, {}, "it")


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity}', "", "\xff", '{"a": 1, "a": 2}'])
def test_strict(text):
    with pytest.raises(UserError, match="it is damaged"):
        parse_object(text, "it")


def test_text_has_no_nan_and_no_tuples():
    assert to_text({"a": (1, float("nan")), 2: {"b": float("inf")}}) == (
        '{"a": [1, null], "2": {"b": null}}'
    )


def test_what_is_nested_too_deeply_is_refused():
    def nested(depth: int) -> str:
        return '{"a":' + "[" * depth + "]" * depth + "}"

    parse_object(nested(MAX_DEPTH - 2), "It")
    for depth in (MAX_DEPTH, 500, 10**5):
        with pytest.raises(UserError, match=r"nested|JSON"):
            parse_object(nested(depth), "It")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-32-be", "utf-8-sig"])
def test_only_utf_8_is_read(encoding):
    assert parse_object('{"a": "ö"}'.encode(), "It") == {"a": "ö"}
    with pytest.raises(UserError, match="JSON"):
        parse_object('{"a": 1}'.encode(encoding), "It")


@pytest.mark.parametrize(
    "value", ["1e400", "1" + "0" * 400, "-1e999", "NaN", '"\\ud800"', '{"\\udfff": 1}', "9" * 5000]
)
def test_what_no_file_could_take_is_refused(value):
    with pytest.raises(UserError, match="it is damaged"):
        parse_object(f'{{"schema": 1, "a": [{value}]}}', "it")


def test_ordinary_numbers_and_escaped_text_are_read():
    text = '{"a": 9223372036854775807, "b": -1e300, "c": "\\u00e9 \\ud83d\\ude00"}'
    assert parse_object(text, "it") == {"a": 2**63 - 1, "b": -1e300, "c": "é 😀"}
