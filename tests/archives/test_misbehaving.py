"""Hosts that misbehave: each fetch ends within its bounds, with the right bytes or with a line that says why."""

import gzip
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.errors import UserError
from tests.archives.hosts import BOUND, DATA, HASTY, SETTINGS, SLOW, Host, fetch, hosting, later
from tests.archives.misbehaviours import (
    a_100_continue_that_never_ends,
    a_416_where_all_came,
    a_body_just_slow_enough_to_pass,
    a_body_that_hangs_in_the_middle,
    a_chunk_of_an_exabyte,
    a_chunk_of_less_than_nothing,
    a_chunk_size_that_is_none,
    a_chunk_that_is_cut,
    a_dripped_redirect,
    a_header_without_end,
    a_length_beyond_all_bounds,
    a_length_of_5000_digits,
    a_length_of_words,
    a_length_too_large,
    a_length_too_small,
    a_loop,
    a_negative_length,
    a_part_that_holds_too_much,
    a_redirect_with_a_dripped_body,
    a_redirect_with_an_endless_body,
    a_status_of_words,
    always,
    chunked_with_a_length_beside,
    chunked_within_gzip,
    dripped_100_continue,
    dripped_body,
    dripped_body_without_length,
    dripped_chunk_extension,
    dripped_chunk_size,
    dripped_chunks,
    dripped_header,
    dripped_headers,
    dripped_status,
    dripped_trailers,
    flood_of_100_continue,
    flood_of_chunk_extension,
    flood_of_headers,
    flood_of_trailers,
    half_then,
    headers_of_a_megabyte,
    http_9,
    no_ranges_and_cut_each_time,
    no_ranges_on_the_second_try,
    no_ranges_on_the_second_try_and_dripped,
    not_http,
    once,
    packed,
    parts_of_20_000,
    redirected,
    reset_at_once,
    reset_in_the_body,
    reset_in_the_headers,
    reset_in_the_status,
    silence,
    the_same_length_twice,
    two_lengths,
)

GZIP = gzip.compress(DATA)
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>to the network</body></html>"
XML = b'\xef\xbb\xbf\n<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'
IDLE = r"in 2 tries: .*bytes came that are no content"
CUT = r"could not be read beyond byte \d+ in 2 tries"
HOSTS: list[tuple[Host, bytes | str]] = [
    # What comes too slowly, wherever it is.
    (dripped_status, SLOW),
    (dripped_header, SLOW),
    (dripped_headers, SLOW),
    (dripped_100_continue, SLOW),
    (a_100_continue_that_never_ends, SLOW),
    (
        silence,
        r"in 2 tries: no connection \(0 bytes came in 1 s|in 2 tries: .*nothing came for source.timeout_sec",
    ),
    (dripped_body, SLOW),
    (dripped_body_without_length, SLOW),
    (a_body_just_slow_enough_to_pass, r"could not be read beyond byte \d+ within source\.max_fetch_seconds=6: "),
    (a_body_that_hangs_in_the_middle, SLOW),
    (dripped_chunk_size, SLOW),
    (dripped_chunk_extension, SLOW),
    (dripped_chunks, SLOW),
    (dripped_trailers, r"byte 102400 in 2 tries|answered with another part"),
    (no_ranges_on_the_second_try_and_dripped, SLOW),
    (a_dripped_redirect, SLOW),
    # What comes without end.
    (flood_of_headers, CUT),
    (a_header_without_end, CUT),
    (headers_of_a_megabyte, IDLE),
    (flood_of_100_continue, IDLE),
    (flood_of_chunk_extension, CUT),
    (flood_of_trailers, IDLE),
    (a_chunk_of_an_exabyte, r"is larger than source\.max_download_bytes=1000000"),
    (a_redirect_with_an_endless_body, DATA),
    (a_redirect_with_a_dripped_body, DATA),
    # Frames and lengths.
    (a_chunk_of_less_than_nothing, DATA),  # not what stands in that chunk
    (a_chunk_size_that_is_none, CUT),
    (a_chunk_that_is_cut, CUT),
    (chunked_with_a_length_beside, DATA),
    (chunked_within_gzip, "a Transfer-Encoding other than chunked"),
    (a_length_too_large, r"beyond byte 102400 in 2 tries: the connection"),
    (a_length_too_small, DATA[:1000]),
    (a_negative_length, DATA),
    (a_length_of_words, DATA),
    (a_length_of_5000_digits, DATA),
    (a_length_beyond_all_bounds, r"larger than source\.max_download_bytes=1000000: 999999999999999 bytes"),
    (two_lengths, CUT),
    (the_same_length_twice, DATA),
    # Ranges, and what changes between two tries.
    (no_ranges_on_the_second_try, DATA),
    (no_ranges_and_cut_each_time, CUT),
    (half_then("206 Partial Content", DATA[5:], Content_Range="bytes 5-102399/102400"), "another part than asked"),
    (half_then("206 Partial Content", DATA[50_000:]), "another part than asked for"),
    (half_then("206 Partial Content", b"", Content_Range="bytes 50000-1/x"), "closed early|dropped"),
    (half_then("206 Partial Content", b"", Content_Range="bytes " + "5" * 5000 + "-/9"), "changed on the host"),
    (half_then("206 Partial Content", b"x", Content_Range="bytes 50000-9/77"), "changed on the host while"),
    (half_then("206 Partial Content", b"x", Content_Range="bytes 50000-102399/102400", ETag="two"), "changed on"),
    (half_then("200 OK", DATA, ETag="two"), "changed on the host while it was read"),
    (half_then("200 OK", DATA, Content_Encoding="gzip"), "changed its Content-Encoding while it was read"),
    (half_then("416 Range Not Satisfiable"), "answered 416: the host has nothing from byte 50000 on"),
    (half_then("416 Range Not Satisfiable", Content_Range="bytes */50000"), "changed on the host while"),
    (half_then("404 Not Found"), "the host answered 404: check the address"),
    (always("416 Range Not Satisfiable"), "answered 416: the host has nothing from byte 0 on"),
    (a_416_where_all_came, DATA),
    (a_part_that_holds_too_much, "holds more than the 1000 bytes that the host said"),
    (parts_of_20_000, CUT),
    # Connections that are cut, and what is no HTTP.
    (reset_at_once, CUT),
    (reset_in_the_status, CUT),
    (reset_in_the_headers, CUT),
    (reset_in_the_body, DATA),
    (not_http, CUT),
    (a_status_of_words, CUT),
    (http_9, CUT + "|" + "answered"),
    # Redirects.
    (a_loop, "more than 5 redirects"),
    (redirected("file:///etc/passwd"), "leads to file:///etc/passwd: a redirect to http or https alone"),
    (redirected("ftp://127.0.0.1/a"), "a redirect to http or https alone is followed"),
    (redirected("s3://bucket/a"), "a redirect to http or https alone is followed"),
    (redirected("http://[::1"), "a redirect to http or https alone is followed"),
    (redirected("http://"), "more than 5 redirects"),
    (redirected("http://127.0.0.1:99999/"), "a redirect to http or https alone is followed"),
    (redirected("http://" + "a" * 64 + ".example/"), CUT),
    (redirected("http://\xff\xfe\x1b[31m/"), "leads to|in 2 tries"),
    (redirected(""), "was answered 302"),
    (redirected("http://127.0.0.1:9/" + "a" * 50_000), r"leads to http://127\.0\.0\.1:9/a+\.\.\., which is at"),
    (redirected("ftp://a/" + "\x1b[2J" * 9000), r"leads to ftp://a/[%0-9A-Z[]+\.\.\.: a redirect to http"),
    (always("304 Not Modified"), "was answered 304"),
    (always("204 No Content"), "was answered 204"),
    (always("103 Early Hints"), "was answered 103"),
    (always("999 No"), "in 2 tries: the host answered 999"),
    # Pauses that are asked for.
    (
        always("503 Busy", Retry_After="99999999999999999999"),
        r"asks to wait 99999999999999999999 s|asks to wait 1000",
    ),
    (always("503 Busy", Retry_After="9" * 5000), "asks to wait inf s"),
    (always("503 Busy", Retry_After="3000"), "to wait are 3000 s, where source.max_fetch_seconds=6 leaves"),
    (always("429 Busy", Retry_After=later(86_400)), r"asks to wait 8[56]\d{3} s"),
    (once("503 Busy", Retry_After="-5"), DATA),
    (once("503 Busy", Retry_After="soon\x01"), DATA),
    (once("503 Busy", Retry_After=later(-1000)), DATA),
    (once("503 Busy", Retry_After="Fri, 99 Foo 2024 99:99:99"), DATA),
    (once("503 Busy", Retry_After="nan"), DATA),
    # What is no archive, and what was packed once more.
    (always("200 OK"), "is empty: the host sent no bytes"),
    (always("200 OK", HTML, Content_Type="text/html"), "the host sent a web page in its place"),
    (always("200 OK", XML, Content_Type="application/xml"), "the host sent a web page in its place"),
    (packed(gzip.compress(HTML)), "the host sent a web page in its place"),
    (packed(GZIP), GZIP),
    (packed(gzip.compress(GZIP)), GZIP),
    (packed(gzip.compress(GZIP), "x-gzip"), GZIP),
    (packed(gzip.compress(GZIP)[:-9]), "is damaged in its Content-Encoding gzip: it ends early"),
    (packed(gzip.compress(GZIP) + b"\x00"), "is damaged in its Content-Encoding gzip"),
    (packed(gzip.compress(GZIP + bytes(2_000_000))), r"larger than source\.max_download_bytes once unpacked"),
    (packed(b"no gzip at all"), b"no gzip at all"),
    (packed(GZIP, "br"), r"was sent in the Content-Encoding 'br', which nobody asked for"),
    (packed(GZIP, "gzip, gzip"), "was sent in the Content-Encoding 'gzip, gzip'"),
]


def name_of(case: tuple[Host, bytes | str], number: int) -> str:
    name = case[0].__qualname__.partition(".")[0]
    return f"{number} {name}" if "<" in case[0].__qualname__ else name


@pytest.fixture(scope="module")
def slow_ones() -> Iterator[dict[Host, Future[None]]]:
    """What becomes of fetches from slow hosts, which wait beside each other: mostly for nothing to come."""
    with ThreadPoolExecutor(8) as pool:
        yield {host: pool.submit(check, host, expected) for host, expected in HOSTS if expected == SLOW}


@pytest.mark.parametrize(
    ("host", "expected"), HOSTS, ids=[name_of(case, number) for number, case in enumerate(HOSTS)]
)
def test_each_fetch_ends_in_time_with_the_right_bytes_or_a_line(
    host: Host, expected: bytes | str, slow_ones: dict[Host, Future[None]]
) -> None:
    if host in slow_ones:
        slow_ones[host].result()
    else:
        check(host, expected)


def check(host: Host, expected: bytes | str) -> None:
    with hosting(host) as served:
        began = time.monotonic()
        if isinstance(expected, bytes):
            assert fetch(served.url) == expected
        else:
            settings = HASTY if expected == SLOW else SETTINGS
            with pytest.raises((SourceError, UserError), match=expected) as error:
                fetch(served.url, settings)
            assert str(error.value).startswith(served.url)
            assert "\n" not in str(error.value) and str(error.value).isprintable()
            assert len(str(error.value)) < 500
        assert time.monotonic() - began < BOUND
