"""What is due, and what each outcome changes. Pure: a watch, a time and a policy go in, a watch comes out."""
