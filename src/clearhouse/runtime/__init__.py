"""What makes the pure core a running venue: clock, sequencer, recovery, genesis."""
