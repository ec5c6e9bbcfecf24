"""What other systems rely on: health, metrics, Rasa's parse address; later REST v1 and Open311."""
