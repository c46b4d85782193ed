"""Who has how much to do: load against capacity, overload by name, levelling by importance."""
