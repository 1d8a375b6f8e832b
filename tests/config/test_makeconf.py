import pytest

from bh_container.config.makeconf import read_assignments, read_commented

KNOWN = {"ARCH": "arm64"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("X=plain", "plain"),
        ("X=plain # comment", "plain"),
        ("X=a#b", "a#b"),
        ("export X=plain", "plain"),
        ("  X=plain\n", "plain"),
        ('X="two words"', "two words"),
        ("X='two $words'", "two $words"),
        ('X="it\'s"', "it's"),
        ("X='a'b\"c\"", "abc"),
        ('X="one \\\n  two"', "one   two"),
        ("X=one\\\ntwo", "onetwo"),
        ('X="one\ntwo"', "one\ntwo"),
        ('X="say \\"so\\""', 'say "so"'),
        ('X="# no comment"', "# no comment"),
        ('A=1\nX="${A}${ARCH}$A"', "1arm641"),
        ('X="${NOTHING}x"', "x"),
        ('X="$(command)"', "$(command)"),
        ("X=1\nX=2", "2"),
        ("X=1\nX+=2", "12"),
        ("#X=1\nX=2\n# X=3", "2"),
        ("X=1;Y=2", "1"),
        ("if true; then\n  X=1\nfi", "1"),
        ("X=", ""),
        ("X=(one \"two\" # why\n  'three'\n)\nY=2", "one two    three "),
        ("Z=$(a 'b')\nX=1", "1"),
    ],
)
def test_the_value_of_a_variable(text: str, value: str) -> None:
    assert read_assignments(text, KNOWN)["X"].value == value


def test_a_reference_is_to_what_was_set_before() -> None:
    found = read_assignments("A=1\nB=${A}\nA=2\nC=${A}")
    assert {name: assignment.value for name, assignment in found.items()} == {
        "A": "2",
        "B": "1",
        "C": "2",
    }


@pytest.mark.parametrize("text", ['\n\nX="open\n', "\n\nX='open", "\n\nX=(open", '\n\nX="open\\'])
def test_a_quote_that_is_never_closed_is_told_with_its_line(text: str) -> None:
    found = read_assignments(text)["X"]
    assert (found.closed, found.line) == (False, 3)


def test_lines_are_counted_through_values_of_several_lines() -> None:
    found = read_assignments('A="1\n2\n3"\n\nB=4\nC=5\n')
    assert [assignment.line for assignment in found.values()] == [1, 5, 6]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('#MASK="a b"', "a b"),
        ("# MASK=a", "a"),
        ("\t##MASK='a'", "a"),
        ('#MASK="a \\\n#  b \\\n#  c"\nOTHER=1', "a  b  c"),
        ('#MASK="a\n# b"', "a\nb"),
        ('#MASK="a \\\n  b"', "a   b"),
        ('#MASK="one"\n#MASK="two"', "two"),
        ('#MASK="one"\n#MASK=""', "one"),
        ('#MASK="/usr/lib/${ARCH}"', "/usr/lib/arm64"),
        ('MASK="set"', None),
        ("# about MASK=a", None),
        ("#OTHER_MASK=a", None),
        ("#MASK", None),
        ("", None),
    ],
)
def test_an_assignment_that_is_commented_out(text: str, value: str | None) -> None:
    found = read_commented(text, "MASK", KNOWN)
    assert (found.value if found else None) == value
