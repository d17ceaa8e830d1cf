from podwright_lab.kubelet.pod_manager import PodManager


def pod(uid, name="app-n1", mirror=""):
    annotations = {"kubernetes.io/config.mirror": mirror} if mirror else {}
    return {"metadata": {"uid": uid, "name": name, "namespace": "default", "annotations": annotations}}


def test_a_mirror_stands_for_the_pod_of_its_name():
    pods = PodManager()
    pods.add(pod("static"))
    assert pods.mirror_uids() == {"static": ""}
    pods.add(pod("m1", mirror="static"))
    assert pods.mirror_uids() == {"static": "m1"}
    assert pods.translate("m1") == "static"
    assert pods.translate("unknown") == "unknown"
    assert pods.mirror_by_name("default/app-n1") == pod("m1", mirror="static")


def test_after_an_update_the_old_mirror_stands_for_the_new_pod():
    pods = PodManager()
    pods.add(pod("old"))
    pods.add(pod("m1", mirror="old"))
    pods.remove(pod("old"))
    pods.add(pod("new"))
    assert pods.translate("m1") == "new"
    assert pods.orphaned_mirrors() == []


def test_a_mirror_without_a_pod_is_an_orphan_and_still_translates():
    pods = PodManager()
    pods.add(pod("static"))
    pods.add(pod("m1", mirror="static"))
    pods.remove(pod("static"))
    assert pods.orphaned_mirrors() == [pod("m1", mirror="static")]
    assert pods.translate("m1") == "static"
    pods.remove(pod("m1", mirror="static"))
    assert pods.orphaned_mirrors() == []
    assert pods.by_name("default/app-n1") is None


def test_the_removal_of_an_old_mirror_leaves_the_new_one():
    pods = PodManager()
    pods.add(pod("static"))
    pods.add(pod("m1", mirror="static"))
    pods.add(pod("m2", mirror="static"))
    pods.remove(pod("m1", mirror="static"))
    assert pods.mirror_by_name("default/app-n1") == pod("m2", mirror="static")
