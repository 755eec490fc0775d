"""A wrong channel or receiver in config.toml is refused with its full path and the fix."""

from __future__ import annotations

import pytest

from app.channels.settings import receivers_of, ways_of
from app.config import ChannelConfig, Config, ReceiverConfig
from app.errors import BadConfig
from topics.kit.errors import SourceRefused

HOOK = ChannelConfig(kind="webhook", url="https://x.example/in")


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (ChannelConfig(kind="fax", url="http://x"), "channels.c.kind"),
        (ChannelConfig(kind="webhook", url="x.example"), "channels.c.url"),
        (ChannelConfig(kind="webhook", url="http://x:port/"), "channels.c.url"),
        (ChannelConfig(kind="webhook", url="http://u:p@x/"), "不要写口令"),
        (ChannelConfig(kind="mail", url="http://x", sender="a@b"), "smtp://"),
        (ChannelConfig(kind="mail", url="smtp://x"), "channels.c.sender"),
        (ChannelConfig(kind="sms", url="http://x", body="hello"), "{phone}"),
        (ChannelConfig(kind="webhook", url="http://x", timeout_s=0), "timeout_s"),
    ],
)
def test_a_wrong_channel_is_refused(channel, said):
    with pytest.raises(BadConfig, match=said.replace("{", r"\{")):
        ways_of(Config(channels={"c": channel}))


@pytest.mark.parametrize(
    ("receiver", "said"),
    [
        (ReceiverConfig(channel="other"), "receivers.r.channel"),
        (ReceiverConfig(channel="hook", url="x"), "receivers.r.url"),
        (ReceiverConfig(channel="hook", levels=["紫"]), "receivers.r.levels"),
        (ReceiverConfig(channel="sms"), "receivers.r.address"),
    ],
)
def test_a_wrong_receiver_is_refused(receiver, said):
    channels = {"hook": HOOK, "sms": ChannelConfig(kind="sms", url="http://x", body="{phone}")}
    with pytest.raises(BadConfig, match=said):
        receivers_of(Config(channels=channels, receivers={"r": receiver}))


def test_a_receivers_own_address_and_key_come_before_the_channels():
    one = ReceiverConfig(channel="hook", title="值班群", url="https://y.example/", token_file="k")
    way = receivers_of(Config(channels={"hook": HOOK}, receivers={"r": one}))["r"][1]
    assert (way.url, way.token_file, way.name) == ("https://y.example/", "k", "值班群(hook)")


def test_a_missing_variable_is_named_and_never_its_value():
    way = ways_of(
        Config(channels={"c": ChannelConfig("webhook", "http://x", secret_env="NOT_SET")})
    )
    with pytest.raises(SourceRefused, match="NOT_SET"):
        way["c"].secret({})
