"""Plans that come in from files of others."""
