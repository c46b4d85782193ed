"""Commands on records. They need Django, which is started only when one of them is called."""
