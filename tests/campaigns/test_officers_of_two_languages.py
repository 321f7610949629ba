"""The language of an officer's pages is not that of the text, and changes nothing of what is approved."""

from dataclasses import replace

import pytest

from app import i18n
from app.campaigns import filling, sending
from app.campaigns.campaigns import Kind
from app.settings import Settings
from app.sms.batches import State
from tests.campaigns.acts import approved, drafted, filled, handed_in, texts_of
from tests.conftest import PLAIN
from tests.stories.acts import batch_now, moment
from tests.village import SIGNATURE, Village


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=3)


@pytest.mark.parametrize("pieces", [False, True])
async def test_written_on_english_pages_approved_on_chinese_ones(ten: Village, monkeypatch: pytest.MonkeyPatch,
                                                                 pieces: bool) -> None:
    if pieces:
        for module, name, size in ((sending, "PIECE", 2), (filling, "PIECE", 3), (filling, "WALKED", 4)):
            monkeypatch.setattr(module, name, size)
    job = await ten.job(starts_at=moment("2026-03-12 14:00"))
    with i18n.speaking("en"):
        campaign = await drafted(ten, "{name}:{when}{place},{pay}", kind=Kind.NOTICE, listing_id=job.id)
        batch = await handed_in(ten, campaign)
    await filled(ten)
    assert (await batch_now(ten, batch)).state == State.AWAITING_APPROVAL
    await approved(ten, campaign)
    await filled(ten)
    told = await texts_of(ten, batch)
    assert len(told) == 10
    assert told[0].body == f"{SIGNATURE}孙0:后天下午2点2号厂房,80元/天"
