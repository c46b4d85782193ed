"""The law register, changes of law, and the yearly assessment of compliance."""
