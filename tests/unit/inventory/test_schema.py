"""One call says which of a source's values are wrong."""

from __future__ import annotations

import subprocess
import sys

from podwright.inventory.schema import Schema, found_at
from podwright.inventory.structure import Source
from podwright.inventory.yaml_document import parse_document
from podwright.problem import Place


def test_all_wrong_values_are_named_in_the_order_they_stand():
    values = {"podwright_hold": "x", "ansible_host": "ok", "ansible_port": [1], "ansible_become": "yes"}
    schema = Schema()
    assert schema.wrong(values) == ("podwright_hold", "ansible_port")
    assert schema.wrong({**values, "podwright_hold": 1, "ansible_port": 1}) == ()
    assert schema.wrong({}) == ()


def test_values_of_any_type_are_judged():
    for value in ({}, [], None, 1.5, object()):
        assert Schema().wrong({"ansible_host": value}) == ("ansible_host",)


def test_the_place_of_a_path_is_that_of_its_value_or_name_and_of_what_is_missing_that_of_what_it_should_be_in():
    document = parse_document("a.yaml", "v:\n  list: [a, {b: 1}]\n  text: x\n", [])
    source = Source(document, document.value)
    for path, of_name, line, column in (
        (("list", 1, "b"), False, 2, 17),
        (("list", 1, "b"), True, 2, 14),
        (("list", "a"), False, 2, 10),
        (("list", 7), True, 2, 3),
        (("list", "z"), False, 2, 9),
        (("text", "c"), False, 3, 9),
        (("none",), False, 2, 3),
    ):
        place, _ = found_at(source, ("v", *path), of_name=of_name)
        assert place == Place("a.yaml", line, column), path


def test_values_are_checked_without_email_and_the_real_metadata_of_packages_are_left_alone():
    program = (
        "import sys; from podwright.inventory.schema import Schema;"
        "assert Schema().wrong({'ansible_port': 'x'}) == ('ansible_port',);"
        "print({'email', 'importlib.metadata'} & set(sys.modules));"
        "from importlib.metadata import version; assert version('cerberus')"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout == "set()\n"
