"""A stand-in for the Hub on loopback: what huggingface_hub asks of it for one dataset, with LFS, in memory."""

import base64
import json
import threading
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

LARGE = 10 << 20
TOKEN = "hf_of_tests"


class Hub(ThreadingHTTPServer):
    """files: the repository's content by path; stored: LFS objects; asked: every request; fails: see `Handler`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.repositories: dict[str, bool] = {}
        self.files: dict[str, bytes] = {".gitattributes": b"*.parquet filter=lfs\n"}
        self.stored: dict[str, bytes] = {}
        self.commits: list[str] = []
        self.uploads: list[str] = []
        self.fails_after: int | None = None
        """After so many commits, every other is answered with 501."""
        self.lock = threading.Lock()

    def __enter__(self) -> "Hub":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers as huggingface.co does, as far as it is asked."""

    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def answer(self, value: Any, status: int = 200) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            found = b""
            while size := int(self.rfile.readline(), 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if "/tree/main" in path:
            self.answer([entry(name, content) for name, content in sorted(self.server.files.items())])
        else:
            self.answer({"error": f"not handled: {self.path}"}, 404)

    def do_PUT(self) -> None:
        oid, content = self.path.rpartition("/")[2], self.body()
        assert sha256(content).hexdigest() == oid
        with self.server.lock:
            self.server.stored[oid] = content
            self.server.uploads.append(oid)
        self.answer({})

    def do_POST(self) -> None:
        path, content = urlsplit(self.path).path, self.body()
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answer({"error": "Invalid credentials"}, 401)
        elif path == "/api/repos/create":
            asked = json.loads(content)
            self.server.repositories[f"{asked['organization']}/{asked['name']}"] = (
                asked.get("visibility") == "private" or asked.get("private") is True
            )
            self.answer({"url": f"{self.server.url}/datasets/{asked['organization']}/{asked['name']}"})
        elif path == "/api/validate-yaml":
            self.answer({"errors": [], "warnings": []})
        elif "/preupload/" in path:
            files = json.loads(content)["files"]
            self.answer({"files": [mode(each["path"], each["size"]) for each in files]})
        elif path.endswith("/info/lfs/objects/batch"):
            objects = [self.action(each) for each in json.loads(content)["objects"]]
            self.answer({"transfer": "basic", "objects": objects})
        elif "/commit/" in path:
            self.commit([json.loads(line) for line in content.splitlines()])
        else:
            self.answer({"error": f"not handled: {self.path}"}, 404)

    def action(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["oid"] in self.server.stored:
            return asked
        return asked | {"actions": {"upload": {"href": f"{self.server.url}/objects/{asked['oid']}"}}}

    def commit(self, lines: list[dict[str, Any]]) -> None:
        server = self.server
        if server.fails_after is not None and len(server.commits) >= server.fails_after:
            self.answer({"error": "out of order"}, 501)
            return
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                server.commits.append(value["summary"])
            elif line["key"] == "file":
                server.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                server.files[value["path"]] = server.stored[value["oid"]]
            elif line["key"] == "deletedFile":
                del server.files[value["path"]]
            else:
                raise AssertionError(line)
        oid = f"{len(server.commits):040x}"
        self.answer({"commitUrl": f"{server.url}/datasets/me/x/commit/{oid}", "commitOid": oid})


def mode(path: str, size: int) -> dict[str, Any]:
    large = path.endswith(".parquet") or size > LARGE
    return {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}


def entry(path: str, content: bytes) -> dict[str, Any]:
    """As the Hub lists a file."""
    told: dict[str, Any] = {"type": "file", "path": path, "size": len(content)}
    told["oid"] = sha1(b"blob %d\0" % len(content) + content).hexdigest()
    if mode(path, len(content))["uploadMode"] == "lfs":
        told["lfs"] = {"oid": sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
    return told
