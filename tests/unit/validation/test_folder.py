"""A folder is judged as the kubelet reads it."""

import pytest

from podwright.validation.folder import Entry, judge_folder

POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n"
    "spec: {{hostNetwork: true, containers: [{{name: c, image: 'i:1'{more}}}]}}\n"
)


def entry(file, name="p", more=""):
    return Entry(file, POD.format(name=name, more=more).encode())


def told(judged):
    return {one.file: sorted(f.rule for f in one.findings if f.severity == "error") for one in judged}


def test_any_name_counts_but_those_with_a_leading_dot():
    judged = judge_folder(
        [entry("b.txt", "b"), entry(".a.yaml", "a"), entry("c.yaml~", "c"), entry("#d#", "d")]
    )
    assert [(one.file, one.kubelet) for one in judged] == [
        ("#d#", "accepts"),
        (".a.yaml", "ignores"),
        ("b.txt", "accepts"),
        ("c.yaml~", "accepts"),
    ]


def test_of_two_files_of_one_pod_the_last_name_wins_and_the_other_is_told():
    judged = judge_folder([entry("web.yaml.bak"), entry("web.yaml"), entry("other.yaml", "other")])
    assert told(judged) == {"other.yaml": [], "web.yaml": ["same-pod"], "web.yaml.bak": []}
    (finding,) = (f for one in judged for f in one.findings if f.rule == "same-pod")
    assert "`web.yaml.bak`" in finding.message


@pytest.mark.parametrize(
    ("first", "second", "collide"),
    [
        ("{containerPort: 80}", "{containerPort: 80}", True),
        ("{containerPort: 80}", "{containerPort: 80, protocol: UDP}", False),
        ("{containerPort: 80, hostIP: 10.0.0.1}", "{containerPort: 80, hostIP: 10.0.0.2}", False),
        ("{containerPort: 80, hostIP: 10.0.0.1}", "{containerPort: 80}", True),
        ("{containerPort: 80}", "{containerPort: 81}", False),
    ],
)
def test_two_pods_on_one_port_of_the_node_collide(first, second, collide):
    judged = judge_folder(
        [entry("a.yaml", "a", f", ports: [{first}]"), entry("b.yaml", "b", f", ports: [{second}]")]
    )
    assert told(judged) == {"a.yaml": [], "b.yaml": ["port-collision"] if collide else []}
    assert [one.mirror for one in judged] == ["accepts", "rejects" if collide else "accepts"]


def test_a_file_that_lost_its_pod_takes_no_port():
    ports = ", ports: [{containerPort: 80}]"
    judged = judge_folder([entry("a.yaml", "p", ports), entry("b.yaml", "p"), entry("c.yaml", "q", ports)])
    assert told(judged) == {"a.yaml": ["same-pod"], "b.yaml": [], "c.yaml": []}


def test_what_is_no_file_is_told():
    judged = judge_folder([Entry("folder"), Entry("pipe", special=True), Entry(".hidden")])
    assert [(one.file, [(f.rule, f.severity) for f in one.findings]) for one in judged] == [
        (".hidden", []),
        ("folder", [("stray-folder", "warning")]),
        ("pipe", [("special-file", "error")]),
    ]
    assert all(one.kubelet == "ignores" for one in judged)


def test_a_broken_file_takes_part_in_nothing():
    judged = judge_folder([Entry("a.yaml", b"x: ["), entry("b.yaml")])
    assert told(judged) == {"a.yaml": ["unreadable"], "b.yaml": []}


def test_names_that_are_no_utf8_are_judged_too():
    judged = judge_folder([Entry("a\udcff.yaml", b"")])
    assert judged[0].kubelet == "rejects"
