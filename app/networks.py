"""Who may call: addresses and networks, as a setting lists them."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def holds(networks: Iterable[Network], address: str) -> bool:
    """Whether the caller's address is in one of them, also where an IPv6 socket shows it as ::ffff:192.0.2.1; what is
    no address is in none."""
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    if isinstance(caller, IPv6Address) and caller.ipv4_mapped is not None:
        caller = caller.ipv4_mapped
    return any(caller in network for network in networks)
