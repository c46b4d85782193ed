"""The clock of the plan: meetings, reports, surveys, checks that fall due."""
