"""The messages are those that this machine's own tools give."""

from __future__ import annotations

import os
from errno import EACCES, EDQUOT, EFBIG, EIO, ENOENT, ENOSPC, ENOTEMPTY, EPERM, EROFS

import pytest

from podwright.operations.write_error_hints import remedy_for


@pytest.mark.parametrize("error", [EACCES, EDQUOT, EFBIG, EIO, ENOSPC, ENOTEMPTY, EPERM, EROFS])
def test_each_message_of_the_system_has_its_remedy(error) -> None:
    assert remedy_for(f"mv: cannot move 'a' to 'b': {os.strerror(error)}") != remedy_for("")


def test_what_is_not_known_names_no_cause() -> None:
    assert (
        remedy_for(os.strerror(ENOENT))
        == "try to create a file there by hand, as the user that podwright becomes"
    )
