"""What the room of steering keeps."""
