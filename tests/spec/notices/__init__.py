"""Notices to those who subscribed."""
