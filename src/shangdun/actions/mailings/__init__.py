"""Letters to lists of recipients outside: surveys' invitations, texts of the communication plan."""
