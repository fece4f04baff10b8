"""Public ids can be read aloud, and do not repeat."""

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


def test_public_ids_are_long_legible_and_different() -> None:
    made = [new_public_id() for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert {len(each) for each in made} == {PUBLIC_ID_LENGTH}
    letters = set("".join(made))
    assert letters == set("23456789abcdefghjkmnpqrstuvwxyz")
