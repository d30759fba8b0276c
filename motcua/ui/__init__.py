"""How every page looks: fragments in templates/ui, their filters, and the guide that shows them."""
