"""Checks on incoming rows, and the shape of what they find: pure rules in, findings out.

Findings name file, sheet, row, column, rule, value and remedy, and are grouped. Recording them with a submission is
the work of `collection`.
"""
