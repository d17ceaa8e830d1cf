"""Diffs of many nodes: equal ones once, and never nothing for what is written."""

import click
from tests.fakes import results
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, plan_of, pod_text, written

from podwright.operations.report import Status
from podwright.plan.compare import compare
from podwright.plan.slots import placed
from podwright.plan.stages import make_plan
from podwright.redaction.redactor import Redactor
from podwright.reports.diffs import diff_lines

OLD, NEW = manifest(image="example.com/web:1"), manifest(image="example.com/web:2")


def outcome(node, desired, *files):
    plan = replace(plan_of(desired, (), observation(*files)), node=node)
    return results.outcome(node, Status.PENDING, plan)


def shown(*outcomes):
    return [click.unstyle(line) for line in diff_lines(outcomes, Redactor())]


def test_equal_diffs_stand_once_with_their_nodes():
    lines = shown(*(outcome(f"n{number}", [NEW], written(OLD)) for number in range(100)))
    assert lines[:3] == ["# n0, n1, n2 and 97 more nodes", "--- a/web.yaml", "+++ b/web.yaml"]
    assert sum(line.startswith("+++") for line in lines) == 1
    assert len(lines) < 40


def test_one_change_on_nodes_whose_manifests_name_them_is_shown_once():
    def of(node, tag):
        return manifest(image=f"example.com/web:{tag}", metadata=f"  labels: {{on: {node}}}\n")

    names = [f"n{number}" for number in range(100)]
    lines = shown(*(outcome(name, [of(name, 2)], written(of(name, 1))) for name in names))
    assert lines[0] == ("# n0; alike but for names, addresses and digests: n1, n2, n3 and 96 more nodes")
    assert len(lines) < 40


def test_how_often_a_file_was_written_before_is_no_other_change():
    lines = shown(*(outcome(f"n{number}", [NEW], written(OLD, number + 1)) for number in range(100)))
    assert lines[0].startswith("# n0; alike but for")
    assert sum(line.startswith("#") for line in lines) == 1


def test_one_word_that_changes_is_one_diff_whatever_words_of_their_own_the_nodes_have():
    def of(city, level):
        command = f'["/bin/x", "--v={level}", "--name=x-{city}"]'
        return manifest(image=f"i:1\n    args: {command}", metadata=f"  labels: {{city: x{city}}}\n")

    cities = ["".join(chr(ord("k") + int(digit)) for digit in str(number)) for number in range(100)]
    lines = shown(*(outcome(f"n-{city}", [of(city, 4)], written(of(city, 2))) for city in cities))
    assert lines[0].startswith("# n-k; alike but for names, addresses and digests: n-l, n-m, n-n")
    assert len(lines) < 40


def test_words_that_only_change_their_places_are_a_change_of_their_own():
    def of(*words):
        return manifest(image=f"i:1\n    args: [{', '.join(words)}]")

    one = outcome("n1", [of("a", "b", "c")], written(of("b", "a", "c")))
    other = outcome("n2", [of("a", "b", "c")], written(of("a", "c", "b")))
    assert [line for line in shown(one, other) if line.startswith("#")] == ["# n1", "# n2"]


def test_other_changes_are_shown_apart():
    lines = shown(outcome("n1", [NEW], written(OLD)), outcome("n2", [OLD], written(NEW)))
    assert [line for line in lines if line.startswith("#")] == ["# n1", "# n2"]


def test_a_mode_that_changes_alone_is_shown():
    assert shown(outcome("n1", [OLD], written(OLD, mode="644"))) == [
        "# n1",
        "--- a/web.yaml",
        "+++ b/web.yaml",
        "old mode 644",
        "new mode 600",
    ]
    both = shown(outcome("n1", [NEW], written(OLD, mode="644")))
    assert both[1:3] == ["old mode 644", "new mode 600"]
    assert "-    image: example.com/web:1" in [line.replace("- image", "  image") for line in both]


def test_what_is_adopted_as_it_lies_there_changes_neither_its_content_nor_its_mode():
    there = observation(observed_file("web.yaml", pod_text(), mode="644"))
    plan = make_plan("n1", compare([OLD], (), there, note=True))
    assert shown(results.outcome("n1", Status.PENDING, plan))[3:] == [
        "# taken over as it lies there; its next change writes podwright's mark"
    ]


def test_what_stays_has_no_diff():
    assert shown(outcome("n1", [OLD], written(OLD))) == []
    assert shown(results.outcome("n1", Status.FAILED)) == []


def test_escape_sequences_of_a_node_are_not_shown_raw():
    planted = replace(
        written(OLD), content=OLD.text(1).replace("example.com/web:1", r'"\x1b[2J\x9b\r"').encode()
    )
    lines = list(diff_lines([outcome("n\x1b1", [NEW], planted)], Redactor()))
    assert not any("\x1b[2J" in line or "\x9b" in line or "\r" in line for line in lines)
    assert any("\\x1b[2J" in line for line in lines)


def test_a_workload_that_goes_to_its_other_slot_is_one_difference():
    look = observation(written(OLD))
    where = placed([NEW], (), look, surging=("web.yaml",))
    changes = compare(where.manifests, where.absent, look, beside=where.beside, ending=where.ending)
    lines = shown(results.outcome("n1", Status.PENDING, make_plan("n1", changes)))
    assert lines[:3] == ["# n1", "--- a/web.yaml", "+++ b/web+2.yaml"]
    changed = [line for line in lines[3:] if line[:1] in "+-"]
    assert "-    image: example.com/web:1" in changed
    assert "+    image: example.com/web:2" in changed
    assert len(changed) < 14
