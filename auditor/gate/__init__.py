"""What breaks a release: the gate over a result, and the earlier result it is held against."""
