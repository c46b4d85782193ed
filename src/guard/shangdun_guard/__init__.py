"""ShangDun inside the shop: decisions enforced, requests inspected, events reported.

``guard.Guard`` is the guard; ``asgi``, ``wsgi`` and ``django`` put it in front of a shop.
"""

__version__ = "0.1.0"
