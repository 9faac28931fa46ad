"""Count addresses as people have them: one of IPv4, or a network of 64 bits of IPv6."""

from __future__ import annotations

import ipaddress
from typing import Final

PREFIX_LENGTHS: Final = {4: 32, 6: 64}


def read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an address; a server on `::` sees those of IPv4 as `::ffff:192.0.2.1`. Raises `ValueError`."""
    address = ipaddress.ip_address(text)
    return address.ipv4_mapped or address if address.version == 6 else address


def network_of(text: str) -> str:
    """Return the network by which this address is counted, or the text itself where it is no address."""
    try:
        address = read_address(text)
    except ValueError:
        return text
    return str(ipaddress.ip_network((address, PREFIX_LENGTHS[address.version]), strict=False))
