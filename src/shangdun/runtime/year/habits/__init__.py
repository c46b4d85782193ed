"""What people do, one habit a module: ``ORDER`` says when in the day, ``act(day)`` does it.

A habit reads what waits and acts as the person whose turn it is. It is found by being there.
"""
