"""Is the shop well, and are we: probes, hosts, routes, objectives, the rhythm of sources. Pure."""
