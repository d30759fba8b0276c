"""Claims of speed, each as a ratio to a named peer or to a hand-written floor in the same run (`./run bench`)."""
