"""`token`: a token for a program, made by whoever runs the machine."""
