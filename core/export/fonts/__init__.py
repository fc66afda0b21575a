"""The fonts that PDFs are set in, under the SIL Open Font License 1.1."""
