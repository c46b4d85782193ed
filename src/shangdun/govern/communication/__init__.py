"""Who is told what, how, how often; who answers for which duty: decided here, kept elsewhere."""
