"""The forms of names, as the API machinery's own tests draw their borders."""

import pytest

from podwright.validation.checks import names


@pytest.mark.parametrize("value", ["a", "a-b", "1", "a" * 63, "0-0"])
def test_dns_labels(value):
    assert names.dns_label(value) == ""


@pytest.mark.parametrize("value", ["", "A", "-a", "a-", "a.b", "a_b", "a" * 64, "a\n", "é"])
def test_no_dns_labels(value):
    assert names.dns_label(value)


@pytest.mark.parametrize("value", ["a", "a.b", "a-b.c-d", "1.2", "a" * 253])
def test_dns_subdomains(value):
    assert names.dns_subdomain(value) == ""


@pytest.mark.parametrize("value", ["", "A.b", "a..b", ".a", "a.", "a.-b", "a_b", "a" * 254, "a b"])
def test_no_dns_subdomains(value):
    assert names.dns_subdomain(value)


def test_search_paths_may_have_underscores():
    assert names.dns_subdomain("_a.b_c", underscore=True) == ""


@pytest.mark.parametrize("value", ["a", "A.b_c-d", "example.com/a", "a" * 63, "e.x/" + "a" * 63, "1/2"])
def test_qualified_names(value):
    assert names.qualified_name(value) == ""


@pytest.mark.parametrize("value", ["", "/a", "a/", "a/b/c", "-a", "a-", "A_b/c", "a" * 64, "a b", "e.x/"])
def test_no_qualified_names(value):
    assert names.qualified_name(value)


@pytest.mark.parametrize(
    ("value", "good"), [("", 1), ("a.b_c-D", 1), ("a" * 63, 1), ("a" * 64, 0), ("-a", 0), ("a/b", 0)]
)
def test_label_values(value, good):
    assert (names.label_value(value) == "") is bool(good)


@pytest.mark.parametrize(
    ("value", "strict", "relaxed"),
    [
        ("A_b.c-d", True, True),
        ("1a", False, True),
        ("a b!", False, True),
        ("a=b", False, False),
        ("", False, False),
        ("..", False, True),
        ("é", False, False),
        ("a\tb", False, False),
    ],
)
def test_names_of_variables(value, strict, relaxed):
    assert (names.env_name(value, relaxed=False) == "") is strict
    assert (names.env_name(value, relaxed=True) == "") is relaxed


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("a", 1),
        ("a1-b", 1),
        ("a" * 15, 1),
        ("a" * 16, 0),
        ("1", 0),
        ("-a", 0),
        ("a-", 0),
        ("a--b", 0),
        ("A", 0),
        ("", 0),
    ],
)
def test_names_of_ports(value, good):
    assert (names.port_name(value) == "") is bool(good)


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("1.2.3.4", True),
        ("01.2.3.4", True),
        ("256.1.1.1", False),
        ("1.2.3", False),
        ("::1", True),
        ("::ffff:1.2.3.4", True),
        ("fe80::1%eth0", False),
        ("", False),
        ("x", False),
        ("1.2.3.٤", False),
    ],
)
def test_addresses(value, good):
    assert (names.ip_address(value, strict=False) == "") is good


@pytest.mark.parametrize("value", ["01.2.3.4", "::ffff:1.2.3.4"])
def test_addresses_are_strict_since_1_36(value):
    assert names.ip_address(value, strict=True)
    assert names.ip_address("0.0.0.0", strict=True) == names.ip_address("::1", strict=True) == ""


@pytest.mark.parametrize(
    ("value", "good"),
    [("a/b", 1), ("..a", 0), ("../a", 0), ("a/..", 0), ("/a", 0), ("a..b", 1), ("...", 0), ("", 1)],
)
def test_files_in_volumes(value, good):
    assert (names.file_in_volume(value) == "") is bool(good)


def test_ports_and_sysctls():
    assert names.port_reference(80) == names.port_reference("web") == ""
    assert names.port_reference(0)
    assert names.port_reference(None)
    assert names.port_reference("80")
    assert names.sysctl_name("net/ipv4/conf.eth0/x") == ""
    assert names.sysctl_name("Net.x")
    assert names.config_key("a.b") == ""
    assert names.config_key("..a")
    assert names.header_name("X-A") == ""
    assert names.header_name("X A")


@pytest.mark.parametrize(
    ("value", "wrong"),
    [("a", ""), ("b", ""), ("A", "is `A`, but must be one of `a`, `b`"), ("", "must be one of `a`, `b`")],
)
def test_one_of_a_few_words(value, wrong):
    assert names.one_of(value, ("a", "b")) == wrong
