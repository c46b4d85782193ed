"""ShangDun inside the shop: decisions enforced, requests inspected, events reported."""

__version__ = "0.1.0"
