y = "\d"
assert (1, "x")
