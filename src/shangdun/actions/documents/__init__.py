"""Controlled documents: writing, review, approval, publication, acknowledgement, duties."""
