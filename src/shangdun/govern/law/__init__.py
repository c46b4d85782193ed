"""The law register: duties in dated versions, what is in force, what changed, whom it binds."""
