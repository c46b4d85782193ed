"""The response's work: runs of playbooks, tasks of the groups, steps that do themselves."""
