"""Events on a screen: bars, plain lines, JSON."""
