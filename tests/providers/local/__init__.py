"""Tests of the offline animator."""
