"""What of this machine would stop a build, and what to do about it.

`look` reads everything there is to know, in one place, into the data of `facts`. Each other module
is a group of checks: pure functions from facts to findings. `examine` has the table of them.
"""
