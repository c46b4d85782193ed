"""The communication plan: its lines, what is due, drafts, approval, sending, proof, contacts."""
