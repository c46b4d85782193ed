"""What the response does by itself: reminders, escalations, timeouts, steps, deliveries."""
