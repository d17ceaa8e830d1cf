"""What happens to a file, from what is desired and what lies there."""

from __future__ import annotations

import dataclasses

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, running, written

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.expectations import WaitFor
from podwright.plan.history import Revision
from podwright.plan.observed import FileKind, FolderRights
from podwright.plan.reasons import Difference
from podwright.plan.selinux_labels import FileLabel
from podwright.plan.words import hint
from podwright.plan.writes import Own

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
EDITED = replace(written(WEB), content=b"")
FOREIGN = observed_file("web.yaml", pod_text())


def edited(text: str):
    return observed_file("web.yaml", text)


@pytest.mark.parametrize(
    ("desired", "absent", "files", "expected"),
    [
        ([WEB], [], [], ["create"]),
        ([WEB], [], [written(WEB)], ["keep"]),
        ([WEB], [], [written(WEB, generation=7)], ["keep"]),
        ([WEB], [], [written(manifest(image="example.com/web:2"))], ["update"]),
        ([WEB], [], [FOREIGN], ["keep"]),
        ([NEXT], [], [FOREIGN], ["conflict"]),
        ([WEB], [], [replace(FOREIGN, kind=FileKind.LINK)], ["conflict"]),
        ([WEB], [], [FOREIGN, replace(FOREIGN, name="web.yaml.bak")], ["conflict"]),
        ([WEB], [], [observed_file("web.yaml", "not: [a pod")], ["conflict"]),
        ([WEB], [], [observed_file("web.yaml", "", kind=FileKind.DIRECTORY, manifest=None)], ["conflict"]),
        ([WEB], [], [replace(written(WEB), kind=FileKind.LINK)], ["conflict"]),
        ([], ["web.yaml"], [], ["keep"]),
        ([], ["web.yaml"], [written(WEB)], ["delete"]),
        ([], ["web.yaml"], [FOREIGN], ["conflict"]),
        ([], [], [FOREIGN, written(manifest("other"))], []),
    ],
)
def test_a_plan_says_what_happens_to_each_file(desired, absent, files, expected) -> None:
    changes = compare(desired, absent, observation(*files))
    assert [str(change.action) for change in changes] == expected


def test_a_file_changed_by_hand_is_written_again_with_the_next_generation() -> None:
    by_hand = written(WEB, generation=4).content.decode().replace("example.com/web:1", "example.com/web:9")
    [change] = compare([WEB], [], observation(edited(by_hand)))
    assert (change.action, change.subject.generation, change.reason) == (
        Action.UPDATE,
        5,
        "the file was changed by hand",
    )
    assert change.restarts


def test_a_stamp_changed_by_hand_is_written_again() -> None:
    by_hand = written(WEB).content.decode().replace(WEB.digest, "sha256:" + "0" * 64)
    [change] = compare([WEB], [], observation(edited(by_hand)))
    assert (change.action, change.reason) == (Action.UPDATE, "the stamp was changed by hand")


def test_a_comment_added_by_hand_changes_nothing() -> None:
    [change] = compare([WEB], [], observation(edited(written(WEB).content.decode() + "# mine\n")))
    assert change.action is Action.KEEP


def test_a_wrong_mode_is_mended_without_a_restart() -> None:
    [change] = compare([WEB], [], observation(written(WEB, generation=3, mode="644")))
    assert (change.action, change.subject.generation, change.restarts) == (Action.UPDATE, 3, False)
    assert change.subject.after == written(WEB, generation=3).content


def test_a_wrong_label_is_mended_without_a_restart() -> None:
    labels = (FileLabel("web.yaml", "u:r:user_tmp_t", "u:r:kubernetes_file_t"),)
    [change] = compare([WEB], [], observation(written(WEB, generation=3), labels=labels))
    assert (change.action, change.subject.generation, change.restarts) == (Action.UPDATE, 3, False)
    assert change.reason == "SELinux label `u:r:user_tmp_t` instead of `u:r:kubernetes_file_t`"


@pytest.mark.parametrize(
    ("login", "owner", "reason"),
    [
        ("0", "0", ""),
        ("0", "1000", "owner 1000 instead of 0"),
        ("500", "500", ""),
        ("500", "0", ""),
        ("500", "1000", "owner 1000 instead of 500"),
    ],
)
def test_an_owner_who_may_rewrite_what_runs_is_mended_without_a_restart(login, owner, reason) -> None:
    rights = FolderRights("700", login, login)
    look = observation(written(WEB, generation=3, owner=owner), rights=rights)
    [change] = compare([WEB], [], look)
    assert (change.reason, change.restarts) == (reason, False)
    assert (change.action, change.subject.generation) == (Action.UPDATE if reason else Action.KEEP, 3)


def test_another_file_that_defines_the_pod_is_a_conflict_that_names_it() -> None:
    backup = observed_file("web.yaml.bak", written(WEB).content)
    [change] = compare([WEB], [], observation(written(WEB), backup))
    assert change.action is Action.CONFLICT
    assert "`web.yaml.bak`" in change.reason
    assert "`default/web`" in change.reason


def test_a_renamed_template_conflicts_with_the_file_it_was() -> None:
    [change] = compare([manifest(template="site")], [], observation(written(WEB)))
    assert change.action is Action.CONFLICT
    assert "`web.yaml`" in change.reason


def test_removing_one_of_two_files_of_a_pod_is_a_conflict_since_it_ends_the_other() -> None:
    backup = observed_file("web.yaml.bak", written(WEB).content)
    [change] = compare([], ["web.yaml"], observation(written(WEB), backup))
    assert change.action is Action.CONFLICT


def test_a_foreign_file_of_the_wanted_pod_is_unchanged_and_is_proven_without_a_mark() -> None:
    look = observation(replace(FOREIGN, mode="644"), rights=FolderRights("700", "0", "0"))
    [change] = compare([WEB], [], look, not_started=["web.yaml"])
    assert (change.pending, change.restarts, change.subject.generation) == (False, False, 0)
    assert [reason.kind for reason in change.reasons] == [Difference.SAME_POD]
    assert change.hint == "`podwright manifest adopt web --no-restart` takes it over as it lies there"
    [expected] = change.subject.expectations(change.action, WaitFor.READY)
    assert (expected.digest, expected.sha256s[0]) == ("", FOREIGN.sha256)


def test_adopt_takes_over_a_foreign_file_in_both_directions() -> None:
    [update] = compare([WEB], [], observation(FOREIGN), adopt=True)
    [delete] = compare([], ["web.yaml"], observation(FOREIGN), adopt=True)
    assert (update.action, update.subject.generation, delete.action) == (Action.UPDATE, 1, Action.DELETE)


def test_of_a_file_that_cannot_be_read_nobody_says_who_wrote_it() -> None:
    broken = observation(observed_file("web.yaml", written(WEB).content.decode() + "junk\n"))
    [conflict] = compare([WEB], [], broken)
    assert conflict.reason.startswith("`web.yaml` cannot be read as a pod (yaml: ")
    assert conflict.reason.endswith("), so nothing shows who wrote it")
    assert "`podwright manifest push --adopt --only=web`" in conflict.hint
    [unwanted] = compare([], ["web.yaml"], broken)
    assert (unwanted.reason, "`podwright manifest remove web --adopt" in unwanted.hint) == (
        conflict.reason,
        True,
    )
    # no pod of it runs that could restart
    [update] = compare([WEB], [], broken, adopt=True)
    assert (update.action, update.reason) == (Action.UPDATE, "the file on the node cannot be read as a pod")


def test_adopt_never_takes_a_folder() -> None:
    folder = observed_file("web.yaml", "", kind=FileKind.DIRECTORY, manifest=None)
    [change] = compare([WEB], [], observation(folder), adopt=True)
    assert change.action is Action.CONFLICT


def test_a_new_pod_name_in_the_same_file_says_so() -> None:
    renamed = manifest("web2", template="web")
    [change] = compare([renamed], [], observation(written(WEB)))
    assert change.reason == "the pod's name changes from `default/web`"


@pytest.mark.parametrize("ready", [True, False])
def test_a_new_file_counts_on_from_what_the_runtime_remembers_of_the_pod(ready) -> None:
    """The same bytes again would be the same pod to the kubelet, in a crash loop's back-off before long."""
    remembered = running(WEB, generation=3, ready=ready)
    [change] = compare([WEB], [], observation(pods=(remembered,)))
    assert (change.action, change.subject.generation) == (Action.CREATE, 4)
    [update] = compare(
        [manifest(image="example.com/web:2")], [], observation(written(WEB), pods=(remembered,))
    )
    assert (update.action, update.subject.generation) == (Action.UPDATE, 4)


PORTS = "    ports: [{containerPort: 8443}]\n"


def test_a_port_of_the_node_that_another_files_pod_takes_is_a_conflict_that_names_it() -> None:
    taken = observed_file("other.yaml", pod_text("other") + PORTS)
    wanting = Manifest.parse(Workload("web"), pod_text() + PORTS)
    [change] = compare([wanting], [], observation(taken))
    assert change.action is Action.CONFLICT
    assert change.reason == "the port 8443/TCP of the node is taken by the pod of `other.yaml`"
    [free] = compare([wanting], [], observation(observed_file("other.yaml", pod_text("other"))))
    assert free.action is Action.CREATE
    in_place = observed_file("web.yaml", wanting.text(1))
    [kept] = compare([wanting], [], observation(in_place, taken))
    assert kept.action is Action.KEEP


def test_a_link_is_called_one_whatever_lies_behind_it_and_adopting_it_says_what_is_done() -> None:
    link = written(WEB, kind=FileKind.LINK, mode="777", target="/store/web.yaml")
    [change] = compare([WEB], [], observation(link))
    assert change.action is Action.CONFLICT
    assert (
        change.reason == "`web.yaml` is a symbolic link to `/store/web.yaml`, and podwright writes no links"
    )
    [change] = compare([WEB], [], observation(link), adopt=True)
    assert (change.action, change.reason) == (
        Action.UPDATE,
        "the link to `/store/web.yaml` is replaced by a file",
    )
    assert change.subject.modes == ("600", "600")


def test_what_is_in_the_way_of_a_removal_is_shown_and_removed_by_commands_that_remove() -> None:
    [foreign] = compare([], ["web.yaml"], observation(FOREIGN))
    assert [hint(reason) for reason in foreign.reasons] == [
        "`podwright manifest remove web.yaml --adopt --dry-run --diff` shows what is there; `--adopt` removes it"
    ]
    [link] = compare([], ["web.yaml"], observation(written(WEB, kind=FileKind.LINK, mode="777")))
    assert [hint(reason) for reason in link.reasons] == [
        "`--adopt` removes the link; its target stays as it is"
    ]


@pytest.mark.parametrize("desired", [[WEB], []], ids=["push", "remove"])
def test_nothing_else_than_a_file_or_a_link_is_adopted_nor_is_that_advised(desired) -> None:
    pipe = written(WEB, kind=FileKind.PIPE, mode="644")
    for adopt in (False, True):
        [change] = compare(desired, [] if desired else ["web.yaml"], observation(pipe), adopt=adopt)
        assert change.action is Action.CONFLICT
        assert change.reason == "`web.yaml` is neither a file nor a link"


@pytest.mark.parametrize(
    "kept",
    [{"newest": (("web.yaml", 7), ("other.yaml", 9))}, {"history": (Revision("web.yaml", 7, b"", ""),)}],
)
def test_a_new_file_counts_on_from_what_its_history_has(kept) -> None:
    """The runtime has forgotten the pod by then; or what was written last would be the oldest revision."""
    [change] = compare([WEB], [], observation(**kept))
    assert (change.action, change.subject.generation) == (Action.CREATE, 8)
    [change] = compare(
        [manifest(image="example.com/web:2")], [], observation(written(WEB, generation=3), **kept)
    )
    assert (change.action, change.subject.generation) == (Action.UPDATE, 8)


ADOPTED = replace(FOREIGN, noted=True)


@pytest.mark.parametrize(
    ("desired", "absent", "options", "expected"),
    [
        ([WEB], [], {}, ("keep", "", False)),
        ([manifest(image="example.com/web:2")], [], {}, ("update", "the content changes", True)),
        ([WEB], [], {"adopt": True}, ("update", "taken over, which restarts its pod", True)),
        ([WEB], [], {"note": True}, ("keep", "", False)),
        ([], ["web.yaml"], {}, ("delete", "", True)),
        ([dataclasses.replace(WEB, marked=False)], [], {}, ("release", "given up as it lies there", False)),
    ],
)
def test_what_is_adopted_by_a_note_is_ours_and_waits_for_a_change(desired, absent, options, expected) -> None:
    [change] = compare(desired, absent, observation(ADOPTED), **options)
    assert (str(change.action), change.reason, change.restarts) == expected


def test_a_note_adopts_a_file_alone_and_touches_nothing() -> None:
    [change] = compare([manifest(image="example.com/web:2")], [], observation(FOREIGN), note=True)
    assert (change.action, change.restarts) == (Action.ADOPT, False)
    assert change.writes == (Own("web.yaml", FOREIGN.sha256, ours=True),)
    [expected] = change.subject.expectations(change.action, WaitFor.READY)
    assert (expected.digest, expected.sha256s[0]) == ("", FOREIGN.sha256), "what lies there, without our mark"
    link = replace(FOREIGN, kind=FileKind.LINK, target="/elsewhere")
    [change] = compare([WEB], [], observation(link), note=True)
    assert change.action is Action.CONFLICT
