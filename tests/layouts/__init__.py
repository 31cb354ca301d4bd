"""Random card layouts with known truth, drawn without looking at the code that reads them."""
