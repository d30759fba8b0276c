"""One page each for the head of the province, of an agency, of a commune, and for the public (bảng điều hành)."""
