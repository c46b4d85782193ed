"""What could happen to the shop and how much it would cost: assets, vulnerabilities, risks."""
