"""Accord's site: a Django project that keeps people, access, the log and calls, and computes nothing itself."""
