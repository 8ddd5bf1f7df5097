"""The core as one: state, execute (decide), apply, queries. Pure: no clock, no I/O."""
