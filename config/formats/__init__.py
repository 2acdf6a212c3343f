"""How dates are typed in each language, beside Django's own ways; named by FORMAT_MODULE_PATH."""
