"""`python -m podwright` is `podwright`."""

from podwright.cli.main import main

main()
