"""Surveys: questions in both languages, answers, results that give nobody away."""
