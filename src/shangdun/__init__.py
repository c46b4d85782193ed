"""ShangDun 商盾: the security system an online shop runs on."""

__version__ = "0.1.0"
