"""The only writers of records: each ``do_<verb>`` is permission, transaction and ledger entry."""
