"""`make bench`: how fast Evently is on this machine, beside what its database alone could do.

It speaks HTTP to the web processes of `make run`, on servers of its own with durable commits. After each
section the truth is looked up in the database: a fast wrong answer is a failure. docs/performance.md has the method.
"""
