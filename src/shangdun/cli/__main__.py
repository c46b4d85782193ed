"""``python -m shangdun.cli``, where the command is not on the path."""

from shangdun.cli.main import main

main()
