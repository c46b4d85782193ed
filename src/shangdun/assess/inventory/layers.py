"""The three layers of assets and their categories (GB/T 20984-2022, 5.2)."""

from __future__ import annotations

from enum import StrEnum


class Layer(StrEnum):
    """From what earns the money down to what it stands on."""

    BUSINESS = "business"
    """业务资产: what the company does: selling, taking payment, delivering."""
    SYSTEM = "system"
    """系统资产: information systems, data resources, communication networks."""
    COMPONENT = "component"
    """系统组件和单元资产: what systems are put together of, people and papers included."""


class AssetKind(StrEnum):
    """The category within the layer."""

    BUSINESS = "business"
    INFORMATION_SYSTEM = "information_system"
    DATA = "data"
    NETWORK = "network"
    SOFTWARE = "software"
    """系统组件: applications, system software, platforms, interfaces."""
    UNIT = "unit"
    """系统单元: computers, storage, network and security devices."""
    PEOPLE = "people"
    OTHER = "other"


KINDS_OF: dict[Layer, tuple[AssetKind, ...]] = {
    Layer.BUSINESS: (AssetKind.BUSINESS,),
    Layer.SYSTEM: (AssetKind.INFORMATION_SYSTEM, AssetKind.DATA, AssetKind.NETWORK),
    Layer.COMPONENT: (AssetKind.SOFTWARE, AssetKind.UNIT, AssetKind.PEOPLE, AssetKind.OTHER),
}


def layer_of(kind: AssetKind) -> Layer:
    """The layer that a category lies in."""
    return next(layer for layer, kinds in KINDS_OF.items() if kind in kinds)


class MarkKind(StrEnum):
    """By what an asset is recognised in logs and reports."""

    HOST = "host"
    """A host name or an address."""
    SERVICE = "service"
    """A service, as a source of logs or a product names it."""
    ROUTE = "route"
    """Of the shop: ``/checkout/pay``."""
    CODE = "code"
    """A repository, image or package that a scanner names."""
