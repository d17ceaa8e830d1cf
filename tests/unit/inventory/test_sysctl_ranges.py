from __future__ import annotations

import pytest

from podwright.inventory.sysctl_ranges import refused_value


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("vm.swappiness", "200", ""),
        ("vm.swappiness", "201", "a number from 0 to 200"),
        ("vm/swappiness", "-1", "a number from 0 to 200"),
        ("vm.swappiness", "often", "whole numbers from 0 to 200"),
        ("net.ipv4.ip_local_port_range", "1024\t65535", ""),
        ("net.ipv4.ip_local_port_range", "1024 65536", "a number from 1 to 65535"),
        ("net.ipv4.ip_local_port_range", "60999 32768", "two ports, the lower one first"),
        ("net.ipv4.tcp_congestion_control", "bbr", ""),
        ("fs.file-max", "18446744073709551615", ""),
        ("fs.file-max", "18446744073709551616", "a number of at most 64 bits"),
        pytest.param("vm.x", "1" * 5000, "a number of at most 64 bits", id="5000 digits"),
        pytest.param("vm.swappiness", "-" + "1" * 5000, "a number from 0 to 200", id="-5000 digits"),
    ],
)
def test_what_every_kernel_refuses(name: str, value: str, takes: str) -> None:
    assert refused_value(name, value) == takes
