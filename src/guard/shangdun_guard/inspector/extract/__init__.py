"""Every value of a request, as it stood on the wire, with its place."""

from shangdun_guard.inspector.extract.values import values_of

__all__ = ["values_of"]
