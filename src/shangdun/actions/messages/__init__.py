"""Messages to people: put into the outbox here, carried out by the courier."""
