"""What is wrong with one cell."""


class BadCell(Exception):
    """The value cannot be taken. `sentence` is a message id with {names} that `values` fill after translation."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values
