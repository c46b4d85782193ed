"""Who answers for what: the RACI table, groups across teams, the half-yearly review."""
