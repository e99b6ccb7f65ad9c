"""What is shown of a recommendation: a text for people, comments for the file, an object for programs."""
