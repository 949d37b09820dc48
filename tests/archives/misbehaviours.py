"""Hosts that misbehave, one function each: what they send to whoever asks for the file."""

import gzip
import time

from tests.archives.hosts import DATA, Asked, Host

OK = "HTTP/1.1 200 OK\r\n"
LONG = f"{OK}Content-Length: {len(DATA)}\r\n\r\n"
CHUNKED = f"{OK}Transfer-Encoding: chunked\r\n\r\n"
WHOLE_CHUNK = b"%x\r\n" % len(DATA) + DATA + b"\r\n"


def dripped_status(asked: Asked) -> None:
    asked.drip(b"HTTP/1.1 200 OK")


def dripped_header(asked: Asked) -> None:
    asked.send(f"{OK}X-A: ")
    asked.drip(b"a")


def dripped_headers(asked: Asked) -> None:
    asked.send(OK)
    asked.drip(b"A: b\r\n")


def flood_of_headers(asked: Asked) -> None:
    asked.send(OK)
    asked.flood(b"A: b\r\n")


def a_header_without_end(asked: Asked) -> None:
    asked.send(f"{OK}A: ")
    asked.flood(b"a")


def headers_of_a_megabyte(asked: Asked) -> None:
    asked.send(OK + "".join(f"A{n}: {'b' * 60_000}\r\n" for n in range(90)) + "\r\n")


def dripped_100_continue(asked: Asked) -> None:
    asked.drip(b"HTTP/1.1 100 Continue\r\n\r\n", pieces=25)


def flood_of_100_continue(asked: Asked) -> None:
    asked.flood(b"HTTP/1.1 100 Continue\r\n\r\n")


def a_100_continue_that_never_ends(asked: Asked) -> None:
    asked.send("HTTP/1.1 100 Continue\r\n")
    asked.drip(b"A: b\r\n")


def silence(asked: Asked) -> None:
    asked.hang()


def dripped_body(asked: Asked) -> None:
    asked.send(LONG)
    asked.drip(b"abc")


def dripped_body_without_length(asked: Asked) -> None:
    asked.send(f"{OK}\r\n")
    asked.drip(b"abc")


def a_body_just_slow_enough_to_pass(asked: Asked) -> None:
    asked.send(f"{OK}\r\n")
    asked.drip(b"x" * 900, 0.03, 900)


def a_body_that_hangs_in_the_middle(asked: Asked) -> None:
    asked.send(LONG)
    asked.send(DATA[:1000])
    asked.hang()


def dripped_chunk_size(asked: Asked) -> None:
    asked.send(CHUNKED)
    asked.drip(b"0")


def dripped_chunk_extension(asked: Asked) -> None:
    asked.send(f"{CHUNKED}5;")
    asked.drip(b"a")


def flood_of_chunk_extension(asked: Asked) -> None:
    asked.send(f"{CHUNKED}5;")
    asked.flood(b"a")


def dripped_chunks(asked: Asked) -> None:
    asked.send(CHUNKED)
    asked.drip(b"1\r\na\r\n", pieces=6)


def dripped_trailers(asked: Asked) -> None:
    asked.send(CHUNKED)
    asked.send(WHOLE_CHUNK + b"0\r\n")
    asked.drip(b"A: b\r\n")


def flood_of_trailers(asked: Asked) -> None:
    asked.send(CHUNKED)
    asked.send(WHOLE_CHUNK + b"0\r\n")
    asked.flood(b"A: b\r\n")


def a_chunk_of_less_than_nothing(asked: Asked) -> None:
    asked.good() if asked.number else asked.send(f"{CHUNKED}-5\r\nhello\r\n0\r\n\r\n")


def a_chunk_size_that_is_none(asked: Asked) -> None:
    asked.send(f"{CHUNKED}zz\r\nhello\r\n0\r\n\r\n")


def a_chunk_that_is_cut(asked: Asked) -> None:
    asked.send(f"{CHUNKED}ffff\r\nhello")


def a_chunk_of_an_exabyte(asked: Asked) -> None:
    asked.send(f"{CHUNKED}fffffffffffffff\r\n")
    asked.flood(b"a")


def chunked_with_a_length_beside(asked: Asked) -> None:
    asked.send(f"{OK}Transfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n")
    asked.send(WHOLE_CHUNK + b"0\r\n\r\n")


def chunked_within_gzip(asked: Asked) -> None:
    asked.answer(body=gzip.compress(DATA), Transfer_Encoding="gzip, chunked")


def no_ranges_on_the_second_try_and_dripped(asked: Asked) -> None:
    asked.send(LONG)
    if asked.number == 0:
        asked.send(DATA[:50_000])
    else:
        asked.drip(DATA, pieces=3)


def no_ranges_on_the_second_try(asked: Asked) -> None:
    asked.send(LONG)
    asked.send(DATA if asked.number else DATA[:50_000])


def no_ranges_and_cut_each_time(asked: Asked) -> None:
    asked.send(LONG)
    asked.send(DATA[: 50_000 - 1000 * asked.number])


def a_length_too_large(asked: Asked) -> None:
    asked.answer(body=DATA, Content_Length=str(len(DATA) + 1))


def a_length_too_small(asked: Asked) -> None:
    asked.answer(body=DATA, Content_Length="1000")


def a_negative_length(asked: Asked) -> None:
    asked.answer(body=DATA, Content_Length="-7")


def a_length_of_words(asked: Asked) -> None:
    asked.answer(body=DATA, Content_Length="many")


def a_length_of_5000_digits(asked: Asked) -> None:
    asked.answer(body=DATA, Content_Length="9" * 5000)


def a_length_beyond_all_bounds(asked: Asked) -> None:
    asked.answer(body=DATA, Content_Length="9" * 15)


def two_lengths(asked: Asked) -> None:
    asked.send(f"{OK}Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello")


def the_same_length_twice(asked: Asked) -> None:
    asked.send(f"{OK}Content-Length: {len(DATA)}\r\nContent-Length: {len(DATA)}\r\n\r\n")
    asked.send(DATA)


def half_then(status: str, body: bytes = b"", **headers: str) -> Host:
    """Half of the file, and then this answer."""

    def host(asked: Asked) -> None:
        if asked.number == 0:
            asked.send(f"{OK}Content-Length: {len(DATA)}\r\nETag: one\r\n\r\n")
            asked.send(DATA[:50_000])
        else:
            asked.answer(status, body, **headers)

    return host


def always(status: str, body: bytes = b"", **headers: str) -> Host:
    return lambda asked: asked.answer(status, body, **headers)


def once(status: str, **headers: str) -> Host:
    """This answer once, and then the file."""
    return lambda asked: asked.good() if asked.number else asked.answer(status, **headers)


def a_416_where_all_came(asked: Asked) -> None:
    if asked.number == 0:
        asked.send(f"{OK}Transfer-Encoding: chunked\r\n\r\n")
        asked.send(WHOLE_CHUNK)  # and no last chunk
    else:
        asked.answer("416 Range Not Satisfiable", Content_Range=f"bytes */{len(DATA)}")


def a_part_that_holds_too_much(asked: Asked) -> None:
    asked.answer("206 Partial Content", DATA, Content_Range="bytes 0-999/1000")


def parts_of_20_000(asked: Asked) -> None:
    start = asked.start
    span = f"bytes {start}-{start + 19_999}/{len(DATA)}"
    asked.answer("206 Partial Content", DATA[start : start + 20_000], Content_Range=span)


def reset_at_once(asked: Asked) -> None:
    asked.reset()


def reset_in_the_status(asked: Asked) -> None:
    asked.send("HTTP/1.1 2")
    asked.reset()


def reset_in_the_headers(asked: Asked) -> None:
    asked.send(f"{OK}A: b\r\nC")
    asked.reset()


def reset_in_the_body(asked: Asked) -> None:
    if asked.number:
        asked.good()
    else:
        asked.send(LONG)
        asked.send(DATA[:9000])
        time.sleep(0.2)  # what was sent is lost by a reset that overtakes it
        asked.reset()


def not_http(asked: Asked) -> None:
    asked.send("SSH-2.0-OpenSSH_9.6\r\n")


def a_status_of_words(asked: Asked) -> None:
    asked.send("HTTP/1.1 fine thanks\r\n\r\n")


def http_9(asked: Asked) -> None:
    asked.send(f"HTTP/9.9 200 OK\r\nContent-Length: {len(DATA)}\r\n\r\n")
    asked.send(DATA)


def redirected(location: str) -> Host:
    return lambda asked: asked.answer("302 Found", Location=location)


def a_loop(asked: Asked) -> None:
    asked.answer("302 Found", Location=asked.head.split()[1])


def a_dripped_redirect(asked: Asked) -> None:
    if asked.number:
        dripped_headers(asked)
    else:
        asked.answer("302 Found", Location="/b.warc.gz")


def a_redirect_with_an_endless_body(asked: Asked) -> None:
    if asked.number:
        asked.good()
    else:
        asked.send("HTTP/1.1 302 Found\r\nLocation: /b.warc.gz\r\n\r\n")
        asked.flood(b"body")


def a_redirect_with_a_dripped_body(asked: Asked) -> None:
    if asked.number:
        asked.good()
    else:
        asked.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: /b.warc.gz\r\n\r\n")
        asked.drip(b"body")


def packed(data: bytes, coding: str = "gzip") -> Host:
    return lambda asked: asked.answer(body=data, Content_Encoding=coding)
