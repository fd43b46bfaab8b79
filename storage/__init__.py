"""Accounts, holds, entries and jobs, in SQLite. SQL stands only here."""
