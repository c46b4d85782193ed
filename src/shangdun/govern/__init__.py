"""Running the security plan: schedule, money, meetings, reports, measures, law, communication."""
