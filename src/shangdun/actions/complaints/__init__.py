"""Complaints and questions of customers: logged, answered, closed."""
