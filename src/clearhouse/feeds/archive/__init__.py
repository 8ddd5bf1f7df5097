"""Files in the format of the exchange's public archive: what they hold, read and written."""
