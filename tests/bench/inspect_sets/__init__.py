"""Labelled requests to judge the inspector on: honest ones that look odd, and attacks by origin.

What is written here is ours and made anew from a seed. Public collections are read where the
development data lies beside the checkout, and what one machine happens to have installed is
gathered into a folder outside the repository; whatever is absent is named, never guessed.
"""
