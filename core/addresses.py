"""Network addresses of callers."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def parse_address(text: str | None) -> IPv4Address | IPv6Address | None:
    """The address, or None: a proxy may tell none, or tell it in words."""
    try:
        return ip_address(text or "")
    except ValueError:
        return None


def network_of(text: str | None) -> str:
    """What one caller controls: an IPv4 address, or the half of an IPv6 address that names a network."""
    address = parse_address(text)
    if address is None:
        return "unknown"
    return f"{int(address) >> 64:x}::/64" if isinstance(address, IPv6Address) else str(address)
