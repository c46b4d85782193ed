"""DNS as the verification of search engines asks it."""

from __future__ import annotations

from collections.abc import Sequence

import dns.exception
import dns.resolver

SECONDS = 3.0


class DnsResolver:
    """The machine's own resolver, or a named one; each question has three seconds."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver

    def names(self, address: str) -> Sequence[str]:
        """The names of an address; ``OSError`` where there is none."""
        try:
            answer = self._made().resolve_address(address, lifetime=SECONDS)
        except (dns.exception.DNSException, OSError) as error:
            raise OSError(str(error)) from error
        return [str(record) for record in answer]

    def addresses(self, name: str) -> Sequence[str]:
        """The addresses of a name; ``OSError`` where there is none."""
        found: list[str] = []
        for kind in ("A", "AAAA"):
            try:
                answer = self._made().resolve(name, kind, lifetime=SECONDS)
            except (dns.exception.DNSException, OSError):
                continue
            found += [str(record) for record in answer]
        if not found:
            raise OSError(f"{name} has no address")
        return found

    def _made(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            try:
                self._resolver = dns.resolver.Resolver()
            except dns.exception.DNSException as error:  # a machine without resolv.conf
                raise OSError(str(error)) from error
        return self._resolver
