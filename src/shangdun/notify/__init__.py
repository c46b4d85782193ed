"""Messages to people: what is said, to whom, through which channel; pure, IO in the channels."""
