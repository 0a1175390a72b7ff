"""The documents from which others generate code and pages: `make documents`."""
