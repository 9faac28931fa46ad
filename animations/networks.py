"""Count addresses as people have them: one of IPv4, or a network of 64 bits of IPv6; also behind trusted proxies."""

from __future__ import annotations

import ipaddress
from typing import Final

from django.conf import settings

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


def client_address(peer: str, forwarded_for: str) -> str:
    """Return the address of a client as `TRUSTED_PROXIES` proxies saw it, as plain IPv4 if it is; "" for none.

    Each proxy adds the address it was asked from at the end of `X-Forwarded-For`; what stands before those of our own
    proxies anybody may have written.
    """
    seen = forwarded_for.split(",")[-settings.TRUSTED_PROXIES :][0] if settings.TRUSTED_PROXIES else ""
    return _plain(seen.strip().strip("[]")) or _plain(peer)


def _plain(text: str) -> str:
    """Return the address as it is usually written, or "" for something else."""
    try:
        return str(read_address(text))
    except ValueError:
        return ""
