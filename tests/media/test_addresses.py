from __future__ import annotations

from ipaddress import ip_address

import pytest

from bot.media.addresses import Link, is_public
from bot.media.errors import LinkRefused

PUBLIC = ["93.184.215.14", "1.1.1.1", "9.255.255.255", "100.128.0.1", "2606:4700::1111"]
LOOPBACK = ["127.0.0.1", "127.255.255.254", "::1"]
PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",  # A carrier's own network, and where a cloud keeps its metadata.
    "100.127.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.9",
    "192.0.0.192",  # Where another cloud does.
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2002:5db8:d70e::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
NOT_FOR_ANYONE = [
    "",
    "clip.mp4",
    "//clips.example/a.mp4",
    "https:clips.example/a.mp4",
    "https:///a.mp4",
    "ftp://clips.example/a.mp4",
    "file:///etc/passwd",
    "data:video/mp4;base64,AAAA",
    "https://[::1/a.mp4",
    "https://clips.example:99999/a.mp4",
    "https://clips.example\\@127.0.0.1/a.mp4",
    "https://user@clips.example/a.mp4",
    "https://user:password@clips.example/a.mp4",
    "https://:password@clips.example/a.mp4",
    "https://clips.example.:443/a.mp4",
    "https://-/a.mp4",
    "https://clips..example/a.mp4",
    "https://clips.example%2eevil/a.mp4",
    "https://clips example/a.mp4",
    f"https://{'a' * 64}.example/a.mp4",
    f"https://{'a.' * 127}example/a.mp4",
    # How addresses can be spelled too, so that they pass for names.
    "https://2130706433/a.mp4",
    "https://017700000001/a.mp4",
    "https://0x7f000001/a.mp4",
    "https://127.1/a.mp4",
    "https://0177.0.0.1/a.mp4",
    "https://0x7f.0.0.0x1/a.mp4",
    "https://10.0.0.1/a.mp4",
    "https://93.184.215.14/a.mp4",
    "https://[2606:4700::1111]/a.mp4",
    "https://[::ffff:127.0.0.1]/a.mp4",
    "https://[fe80::1%25eth0]/a.mp4",
    "https://0.0.0.0/a.mp4",
]
FOR_LOOPBACK_ONLY = [
    "http://clips.example/a.mp4",
    "http://clips.example:443/a.mp4",
    "https://clips.example:8443/a.mp4",
    "https://clips.example:0/a.mp4",
    "https://localhost/a.mp4",
    "http://localhost:8080/a.mp4",
    "http://127.0.0.1:8080/a.mp4",
    "https://127.0.0.1/a.mp4",
    "https://①②⑦.⓪.⓪.①/a.mp4",
    "http://[::1]:8080/a.mp4",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", [*PRIVATE, *LOOPBACK])
def test_an_address_that_is_special_in_any_way_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "text",
    [
        "https://clips.example/a.mp4",
        "https://clips.example:443/a.mp4?Signature=x",
        "HTTPS://CLIPS.EXAMPLE/a.mp4",
        "https://my_bucket.s3.clips.example/a.mp4",
        "https://xn--bcher-kva.example/a.mp4",
    ],
)
def test_an_ordinary_link_leads_to_public_addresses_only(text: str) -> None:
    link = Link.read(text, allow_loopback=False)

    assert link.admits(ip_address("93.184.215.14"))
    assert not any(link.admits(ip_address(address)) for address in [*PRIVATE, *LOOPBACK])


@pytest.mark.parametrize("allow_loopback", [False, True])
@pytest.mark.parametrize("text", NOT_FOR_ANYONE)
def test_an_odd_link_is_refused(text: str, allow_loopback: bool) -> None:
    with pytest.raises(LinkRefused):
        Link.read(text, allow_loopback=allow_loopback)


@pytest.mark.parametrize("text", FOR_LOOPBACK_ONLY)
def test_only_where_loopback_is_allowed_will_other_links_do(text: str) -> None:
    with pytest.raises(LinkRefused):
        Link.read(text, allow_loopback=False)

    link = Link.read(text, allow_loopback=True)
    assert all(link.admits(ip_address(address)) for address in LOOPBACK)
    assert not any(link.admits(ip_address(address)) for address in [*PRIVATE, *PUBLIC])


def test_where_loopback_is_allowed_an_ordinary_link_may_still_be_public() -> None:
    link = Link.read("https://clips.example/a.mp4", allow_loopback=True)

    assert link.admits(ip_address("93.184.215.14"))
    assert link.admits(ip_address("127.0.0.1"))
    assert not any(link.admits(ip_address(address)) for address in PRIVATE)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b.mp4?X=%2F%3a+%20", "https://clips.example/b.mp4?X=%2F%3a+%20"),
        ("b.mp4", "https://clips.example/folder/b.mp4"),
        ("//cdn.example/b.mp4", "https://cdn.example/b.mp4"),
        ("https://cdn.example/b.mp4", "https://cdn.example/b.mp4"),
        ("/büro b.mp4", "https://clips.example/b%C3%BCro%20b.mp4"),
    ],
)
def test_a_redirect_is_followed_to_the_letter(location: str, target: str) -> None:
    link = Link.read("https://clips.example/folder/a.mp4", allow_loopback=False)

    assert str(link.follow(location).url) == target


@pytest.mark.parametrize(
    "location",
    [
        "http://clips.example/b.mp4",
        "http://127.0.0.1:8080/b.mp4",
        "https://10.0.0.1/b.mp4",
        "//user@cdn.example/b.mp4",
        "https://[::1/b.mp4",
        "https://cdn.example:8443/b.mp4",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_cannot_lead_where_a_link_may_not(location: str) -> None:
    link = Link.read("https://clips.example/a.mp4", allow_loopback=False)

    with pytest.raises(LinkRefused):
        link.follow(location)


def test_a_redirect_from_https_to_http_is_refused_on_loopback_too() -> None:
    link = Link.read("https://127.0.0.1:8443/a.mp4", allow_loopback=True)

    with pytest.raises(LinkRefused):
        link.follow("http://127.0.0.1:8080/a.mp4")


@pytest.mark.parametrize("text", [*NOT_FOR_ANYONE, *FOR_LOOPBACK_ONLY])
def test_a_refusal_tells_no_more_of_a_link_than_its_host(text: str) -> None:
    signed = f"{text}?Signature=s3cret"

    with pytest.raises(LinkRefused) as refusal:
        Link.read(signed, allow_loopback=False)

    assert "s3cret" not in str(refusal.value)
    assert "password" not in refusal.value.host
