"""The shop's edge: nginx with ModSecurity and the Core Rule Set, rendered, checked, applied."""
