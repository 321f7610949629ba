"""Numbers that nobody should send by text are covered, however they were typed; other numbers are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.masks import hide

CLEAR = "420321195803120005"
FITS = "420321195803120014"  # with the right check digit


@pytest.mark.parametrize(("typed", "shown"), [
    (CLEAR, "4203**********0005"),
    ("我的身份证42032119580312000X,报名", "我的身份证4203**********000X,报名"),
    ("420321 19580312 0005", "4203** ******** 0005"),
    ("420321-1958-0312-0005", "4203**-****-****-0005"),
    ("４２０３２１１９５８０３１２０００５", "４２０３**********０００５"),
    ("张三14200000001 420321195803120005", "张三14200000001 4203**********0005"),
    ("卡号6222 0212 3456 7890 128", "卡号6222 **** **** ***0 128"),
    (f"{CLEAR}和{CLEAR}", "4203**********0005和4203**********0005"),
    ("420321,19580312,0005", "4203**,********,0005"),
    ("420321/19580312/0005", "4203**/********/0005"),
    ("420321\n19580312\n0005", "4203**\n********\n0005"),
    ("\u200b".join(CLEAR), "\u200b".join("4203**********0005")),
    (f"{FITS}14200000001", "4203**********001414200000001"),
    (f"14200000001{FITS}", "142000000014203**********0014"),
    (f"10{FITS}", "104203**********0014"),
    ("42032119580312009X14200000001", "4203**********009X14200000001"),
    ("420321580312005", "4203*******2005"),
])
def test_it_is_covered(typed: str, shown: str) -> None:
    assert hide(typed) == shown


@pytest.mark.parametrize("typed", [
    "14200000001", "报名23", "2026-11-22 07:30", "订单号420399999999990005", "6222021234567890127", "1 2 3 4 5 6 7 8 9",
    "14200000001 14200000002", "",
    "1420000000114200000002", "14212319950/14212345678", "14212319950 3012345", "10,11,12,19,58,03,12,00,05",
    "报10、11、12", "+8614200000001", "008614200000001", "420321581312005", "202611220730123",
    "42032119580312000514200000001",
])
def test_other_numbers_stay(typed: str) -> None:
    assert hide(typed) == typed


@given(st.text(alphabet=st.sampled_from("0123456789Xx -１９５８身份证报名🙂"), max_size=60), st.text(max_size=20))
def test_no_identity_number_comes_through(before: str, after: str) -> None:
    hidden = hide(f"{before}身{CLEAR}身{after}")
    assert CLEAR not in hidden
    assert hide(hidden) == hidden
    assert len(hidden) == len(before) + len(CLEAR) + len(after) + 2
