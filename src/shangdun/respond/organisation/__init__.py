"""Who stands where in an emergency: seats, whom a question goes to, who is on call."""
