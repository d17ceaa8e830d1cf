import pytest

from podwright_lab.kubelet.crictl_words import WordsError, parse


def test_options_have_short_and_long_names_values_and_equals():
    read = parse(
        ["-r", "unix:///x", "pods", "-o", "json", "--name=web", "-q", "--label", "a=b", "--label", "c=d"]
    )
    assert read.command == "pods"
    assert read.last("runtime-endpoint") == "unix:///x"
    assert (read.last("output"), read.last("name"), read.has("quiet")) == ("json", "web", True)
    assert read.options["label"] == ["a=b", "c=d"]
    assert read.last("state", "none") == "none"


def test_what_is_no_option_is_an_argument():
    assert parse(["inspect", "abc", "-o", "yaml", "def"]).arguments == ["abc", "def"]


def test_a_switch_can_be_turned_off():
    assert not parse(["ps", "-a=false"]).has("all")


def test_nothing_is_no_command():
    assert parse([]).command == ""


@pytest.mark.parametrize("word", ["-", "--"])
def test_bare_dashes_are_arguments(word):
    assert parse(["inspect", word]).arguments == [word]


@pytest.mark.parametrize("words", [["runp"], ["pods", "-z"], ["ps", "--pod"], ["--nonsense", "pods"]])
def test_words_that_it_does_not_know(words):
    with pytest.raises(WordsError):
        parse(words)
