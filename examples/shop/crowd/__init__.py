"""The people in front of the shop: shoppers, staff and attackers, seeded and labelled.

Behaviour is written once, as generators of steps. Two readers play them: `timeline` renders the
log lines the shop would have written, `driver` sends the requests to a running shop, which then
writes its own.
"""
