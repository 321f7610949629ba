"""Twilio's client holds to Twilio's published description; and whoever does not hold to it is told."""

from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.base.version import Version
from twilio.rest import Client
from twilio.rest.api.v2010.account import AccountInstance
from twilio.rest.api.v2010.account.message import MessageInstance

from app.sms.gateways.twilio import STATUSES
from tests.sms.gateways.fake_twilio import ACCOUNT, FakeTwilio
from tests.sms.gateways.twilio_api import schema, wrong_with_answer, wrong_with_call

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CALL = {"To": "+8614200000001", "From": "+15005550006", "Body": "您好",
        "StatusCallback": "https://station.example.org/gateway/twilio/receipt?message=41"}
FROM_PHONES = {"receiving", "received"}  # what was texted to us has no receipt


class Asked(dict[str, Any]):
    """An answer that notes what is read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return default


def message(**change: Any) -> dict[str, Any]:
    return {**FakeTwilio().made(CALL["To"], CALL["Body"], CALL["From"], None), **change}


@pytest.mark.parametrize(("instance", "described"), [
    (MessageInstance, "api.v2010.account.message"), (AccountInstance, "api.v2010.account")])
def test_the_client_reads_what_is_described(instance: Any, described: str) -> None:
    asked = Asked()
    version: Version = Client(ACCOUNT, "a-token").api.v2010
    instance(version, asked, *([ACCOUNT] if instance is MessageInstance else []))
    assert asked.names == set(schema(described)["properties"])


def test_every_status_that_a_receipt_may_have_is_known() -> None:
    described = set(schema("message_enum_status")["enum"])
    assert set(STATUSES) == described - FROM_PHONES
    assert {value for name, value in vars(MessageInstance.Status).items() if name.isupper()} == described


def test_what_is_described_is_taken() -> None:
    assert wrong_with_call("POST", MESSAGES, {}, CALL) == []
    assert wrong_with_call("GET", MESSAGES, {"To": CALL["To"], "PageSize": "20"}, {}) == []
    assert wrong_with_answer("POST", MESSAGES, 201, message()) == []


@pytest.mark.parametrize(("change", "said"), [
    ({"To": None}, "'To' is a required property"), ({"to": "x"}, "'to' was unexpected"),
    ({"To": "14200000001"}, "is not a 'phone-number'"), ({"StatusCallback": "station.example.org"}, "is not a 'uri'"),
    ({"MessagingServiceSid": "MG1"}, "does not match"), ({"ValidityPeriod": "soon"}, "is not of type 'integer'"),
])
def test_a_call_that_is_not_as_described_is_noticed(change: dict[str, str | None], said: str) -> None:
    form = {name: value for name, value in {**CALL, **change}.items() if value is not None}
    assert said in " ".join(wrong_with_call("POST", MESSAGES, {}, form))
    assert wrong_with_call("GET", MESSAGES, {"PageSize": "2000"}, {}) != []
    assert wrong_with_call("GET", MESSAGES, {"Phone": "x"}, {}) != []


@pytest.mark.parametrize(("change", "said"), [
    ({"sid": "SM1"}, "does not match"), ({"status": "teleported"}, "is not one of"), ({"extra": 1}, "unexpected"),
    ({"num_segments": 1}, "is not of type"), ({"date_created": "2026-11-27"}, "is not a 'date-time-rfc-2822'"),
    ({"error_code": "30003"}, "is not of type"),
])
def test_an_answer_that_is_not_as_described_is_noticed(change: dict[str, Any], said: str) -> None:
    assert said in " ".join(wrong_with_answer("POST", MESSAGES, 201, message(**change)))
    page = {"messages": [message(**change)], "page": 0, "page_size": 1, "start": 0, "end": 1, "uri": "/x",
            "first_page_uri": "/x?" + urlencode({"Page": 0}), "next_page_uri": None, "previous_page_uri": None}
    assert said in " ".join(wrong_with_answer("GET", MESSAGES, 200, page))


def test_a_field_that_is_missing_is_noticed() -> None:
    for name in message():
        left = {field: value for field, value in message().items() if field != name}
        assert f"'{name}' is a required property" in " ".join(wrong_with_answer("POST", MESSAGES, 201, left))
    assert wrong_with_answer("POST", MESSAGES, 200, message()) != []
