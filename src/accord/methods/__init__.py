"""The methods: pure functions on frozen values and arrays, each with its name, its version and its reasons."""
