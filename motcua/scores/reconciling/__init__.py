"""The province's figures beside the national portal's, each difference explained by its dossiers (đối soát)."""
