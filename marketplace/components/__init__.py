"""The shared look: small functions that return components, styled by the tokens of ``assets/styles.css``."""
