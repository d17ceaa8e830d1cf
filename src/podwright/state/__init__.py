"""What lies on the controller: values as documents, and files of our own."""
