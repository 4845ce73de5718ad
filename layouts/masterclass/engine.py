"""The reasoning engine's place in the masterclass: an HTTP API on loopback with Ollama's
paths and field names, and a log line for every request.

It is a stand-in. No model is loaded: the same question gets the same canned answer, at the
pace of a small model, and every answer says so. Point the worker at a real Ollama instead
and nothing else changes."""

import argparse
import errno
import hashlib
import ipaddress
import itertools
import json
import os
import re
import socket
import socketserver
import sys
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import common

BODY_BYTES_AT_MOST = 1 << 20
# For each read of a request, and for a kept-alive connection that says nothing.
SECONDS_OF_SILENCE = 30
# Narrower panes get the compact form of a log line.
FULL_LOG_COLUMNS = 78


def main():
    arguments = parse_arguments()
    common.behave()
    try:
        engine = Engine(arguments)
    except OSError as error:
        common.fail("engine", cannot_listen(arguments, error))
    print(common.paint(f"stand-in engine for {common.printable(engine.model)}", "1"))
    print(f"listening on {engine.address}")
    print(common.paint("canned answers, no model is loaded", "2"))
    try:
        engine.serve_forever()
    except SystemExit:
        # Requests in flight run on daemon threads. Leaving at once, rather than through the
        # interpreter's own shutdown, keeps it from waiting for a lock that one of them holds.
        with engine.log_lock:
            try:
                print("engine: stopped")
                sys.stdout.flush()
            except OSError:
                pass  # The terminal went first.
            os._exit(0)


def parse_arguments():
    parser = argparse.ArgumentParser(description="An Ollama-like stand-in engine on loopback.")
    parser.add_argument("--host", default="127.0.0.1", type=loopback)
    parser.add_argument("--port", default=11435, type=port, help="0 takes a free one")
    parser.add_argument("--model", default="llama3.2", help="the name it answers to")
    parser.add_argument("--pace", default=40.0, type=float, metavar="TOKENS",
                        help="tokens a second; 0 does not pause (default: 40)")
    return parser.parse_args()


def loopback(text):
    # The API asks nobody who they are, so nobody else gets to ask.
    host = "127.0.0.1" if text == "localhost" else text
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"`{text}` is not a loopback address such as 127.0.0.1")


def port(text):
    if text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"`{text}` is not a port: a number from 0 to 65535")


def cannot_listen(arguments, error):
    where = f"{arguments.host}:{arguments.port}"
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    advice = ""
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        advice = "; choose another port: --var port=… with triad, --port … without"
    return f"cannot listen on {where}: {reason}{advice}"


class Engine(ThreadingHTTPServer):
    """Listens, and holds what all requests share."""

    daemon_threads = True
    # Lets a restart have its port back while old connections linger (TIME_WAIT). A port that
    # somebody listens on stays taken.
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, arguments):
        self.model = arguments.model
        self.pause = 1 / arguments.pace if arguments.pace > 0 else 0
        self.started = timestamp()
        self.log_lock = threading.Lock()
        if ":" in arguments.host:
            self.address_family = socket.AF_INET6
        super().__init__((arguments.host, arguments.port), Request)

    def server_bind(self):
        # The parent also asks the name service for this host's name, which can take
        # seconds on a machine without network, and nothing here uses it.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        # A client that leaves early is no fault of the engine.
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)

    @property
    def address(self):
        host = f"[{self.server_name}]" if ":" in self.server_name else self.server_name
        return f"http://{host}:{self.server_port}"

    def serves(self, name):
        """Whether `name` means the model, with or without Ollama's default tag."""
        return with_tag(name) == with_tag(self.model)

    def log(self, line):
        with self.log_lock:
            try:
                print(line)
            except OSError:
                pass  # The pane is gone; its SIGHUP is on the way.


class Refused(Exception):
    """A request that gets an error instead of an answer."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Request(BaseHTTPRequestHandler):
    """One connection; one `answer` for each request on it."""

    protocol_version = "HTTP/1.1"
    server_version = "triad-stand-in"
    sys_version = ""
    timeout = SECONDS_OF_SILENCE
    disable_nagle_algorithm = True

    def do_GET(self):
        self.answer()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def answer(self):
        try:
            body = self.read_body()
            path = self.path.split("?")[0]
            method = "GET" if self.command == "HEAD" else self.command
            wanted = ROUTES.get(path)
            if wanted is None:
                raise Refused(404, f"no such path: {common.printable(path)}")
            if wanted[0] != method:
                raise Refused(405, f"{path} takes {wanted[0]}")
            wanted[1](self, body)
        except Refused as refusal:
            self.send_error(refusal.status, str(refusal))

    def read_body(self):
        if self.headers.get("Transfer-Encoding"):
            raise Refused(411, "a body needs a Content-Length")
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            raise Refused(400, "Content-Length is not a number")
        # Leading zeros aside, more digits than this is too long, whatever it says.
        if len(length) > 20 or int(length) > BODY_BYTES_AT_MOST:
            raise Refused(413, f"the body is longer than {BODY_BYTES_AT_MOST} bytes")
        try:
            return self.rfile.read(int(length))
        except socket.timeout:
            raise Refused(408, f"no more of the body for {SECONDS_OF_SILENCE} s")

    def root(self, _body):
        self.reply(200, None, "stand-in engine is running\n", "text/plain; charset=utf-8")

    def version(self, _body):
        self.reply_json(200, {"version": "0.0.0-stand-in"})

    def tags(self, _body):
        self.reply_json(200, {"models": [self.model_entry(modified_at=self.server.started)]})

    def ps(self, _body):
        entry = self.model_entry(expires_at="9999-12-31T23:59:59Z", size_vram=0)
        self.reply_json(200, {"models": [entry]})

    def model_entry(self, **more):
        name = with_tag(self.server.model)
        details = {
            "parent_model": "", "format": "stand-in", "family": "stand-in",
            "families": ["stand-in"], "parameter_size": "0", "quantization_level": "none",
        }
        return {
            "name": name, "model": name, "size": 0,
            "digest": hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(),
            "details": details, **more,
        }

    def generate(self, body):
        question = self.question(body)
        prompt = text_field(question, "prompt")
        system = text_field(question, "system")
        self.speak(question, f"{system} {prompt}".strip(), prompt,
                   lambda text: {"response": text})

    def chat(self, body):
        question = self.question(body)
        messages = question.get("messages", [])
        if not isinstance(messages, list) or not all(isinstance(m, dict) for m in messages):
            raise Refused(400, "messages must be a list of objects")
        contents = [text_field(message, "content") for message in messages]
        self.speak(question, " ".join(contents), contents[-1] if contents else "",
                   lambda text: {"message": {"role": "assistant", "content": text}})

    def question(self, body):
        try:
            question = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Refused(400, f"the body is not JSON: {error}")
        if not isinstance(question, dict):
            raise Refused(400, "the body must be a JSON object")
        model = text_field(question, "model")
        if not model:
            raise Refused(400, "model is required")
        if not self.server.serves(model):
            raise Refused(404, f"model '{common.printable(model)}' not found")
        if not isinstance(question.get("stream", True), bool):
            raise Refused(400, "stream must be true or false")
        if not isinstance(question.get("options") or {}, dict):
            raise Refused(400, "options must be an object")
        return question

    def speak(self, question, everything, prompt, wrap):
        """Answers in pieces or, with `stream` off, at once: at the same pace either way."""
        heard = time.monotonic_ns()
        tokens_in = len(tokenized(everything))
        tokens = tokenized(thought(self.server.model, prompt)) if prompt.strip() else []
        tokens, reason = cut(tokens, question)
        spoken_from = time.monotonic_ns()
        head = {"model": question["model"]}
        streams = question.get("stream", True)
        if streams:
            self.start_stream()
        try:
            for token in tokens:
                time.sleep(self.server.pause)
                if streams:
                    self.send_piece({**head, "created_at": timestamp(), **wrap(token),
                                     "done": False})
            now = time.monotonic_ns()
            text = "" if streams else "".join(tokens)
            last = {
                **head, "created_at": timestamp(), **wrap(text), "done": True,
                "done_reason": reason,
                "total_duration": now - heard, "load_duration": 0,
                "prompt_eval_count": tokens_in, "prompt_eval_duration": spoken_from - heard,
                "eval_count": len(tokens), "eval_duration": now - spoken_from,
            }
            if streams:
                self.send_piece(last)
                self.end_stream()
        except (ConnectionError, socket.timeout):
            self.close_connection = True
            self.log_request_line("gone")
            return
        speech = (tokens_in, len(tokens), now - spoken_from)
        if streams:
            self.log_request_line(200, *speech)
        else:
            self.reply_json(200, last, speech)

    def start_stream(self):
        # HTTP/1.0 knows no chunks: there the end of the connection ends the answer.
        self.chunked = self.request_version != "HTTP/1.0"
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        if self.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Connection", "close")
        self.end_headers()

    def send_piece(self, piece):
        line = to_json(piece)
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line) if self.chunked else line)

    def end_stream(self):
        if self.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def reply_json(self, status, value, speech=None):
        self.reply(status, speech, to_json(value), "application/json; charset=utf-8")

    def reply(self, status, speech, body, content_type):
        body = body.encode() if isinstance(body, str) else body
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        finally:
            self.log_request_line(status, *(speech or ()))

    def send_error(self, code, message=None, explain=None):
        # Also called by the parent, for what is not HTTP. Part of the request may be unread,
        # so nothing more can be made of this connection.
        self.close_connection = True
        message = message or self.responses.get(code, ("error",))[0]
        self.reply_json(int(code), {"error": message})

    def parse_request(self):
        self.heard = time.monotonic()
        return super().parse_request()

    def log_message(self, format, *arguments):
        pass  # `log_request_line` says more.

    def log_request_line(self, status, tokens_in=None, tokens_out=None, spoken_ns=0):
        request = {
            "at": time.strftime("%H:%M:%S"),
            "method": common.printable(self.command or "-"),
            "path": common.clip(common.printable(getattr(self, "path", "") or "-"), 40),
            "status": str(status), "ms": round((time.monotonic() - self.heard) * 1000),
            "in": tokens_in, "out": tokens_out,
            "rate": (tokens_out or 0) * 1e9 / spoken_ns if spoken_ns else 0.0,
        }
        width = common.screen_size()[0] if common.is_screen() else FULL_LOG_COLUMNS
        line = log_line(request, width)
        style = "" if status == 200 else "33" if str(status) < "5" else "31"
        self.server.log(common.paint(line, style) if style else line)


# Path, method, and what answers it.
ROUTES = {
    "/": ("GET", Request.root),
    "/api/version": ("GET", Request.version),
    "/api/tags": ("GET", Request.tags),
    "/api/ps": ("GET", Request.ps),
    "/api/generate": ("POST", Request.generate),
    "/api/chat": ("POST", Request.chat),
}


def log_line(request, width):
    """One request in one line. A narrow pane gets it without units, and without the last
    number where even that would wrap."""
    if width >= FULL_LOG_COLUMNS:
        line = "{at}  {method:<4}  {path:<13}  {status:<4} {ms:>5} ms".format(**request)
        if request["in"] is not None:
            line += "  {in:>4} in  {out:>4} out  {rate:>5.1f} tok/s".format(**request)
        return line
    line = "{at} {method:<4} {path:<9} {status} {ms}ms".format(**request)
    if request["in"] is not None:
        line += " {in}→{out}".format(**request)
        rate = " {rate:.0f}/s".format(**request)
        if common.cells(line + rate) <= width:
            line += rate
    return line


def thought(model, prompt):
    """A canned answer, chosen by the question: it has the shape of reasoning and no more."""
    digest = hashlib.sha256(f"{model}\n{prompt}".encode("utf-8", "replace")).digest()
    picks = itertools.cycle(digest)

    def pick(choices):
        return choices[next(picks) % len(choices)]

    named = re.search(r"[Tt]ask: *([^.\n]+)", prompt)
    subject = named.group(1) if named else " ".join(prompt.split()[:8])
    return (
        f"{pick(OPENINGS)} {common.clip(common.printable(subject), 60)}, {pick(STEPS)}, "
        f"{pick(REASONS)}. {pick(CLOSINGS)}. (stand-in: no model was run)"
    )


OPENINGS = ("For", "To make progress on", "Looking at", "Before judging")
STEPS = (
    "measure it now and compare with the last value remembered",
    "take one fresh reading and keep it next to the previous one",
    "check the present value first and only then its trend",
    "repeat the measurement under the same conditions",
)
REASONS = (
    "because one number says nothing about its direction",
    "since a change matters more than a level",
    "as the earlier value may be out of date",
    "so that the next round has something to stand on",
)
CLOSINGS = (
    "If the two agree, remember the reading and move on",
    "A large difference is worth a second look next time",
    "Write down the result with its time",
    "Nothing needs to be changed for that, only noted",
)


def cut(tokens, question):
    """The tokens that `options.num_predict` allows, and Ollama's word for why they end."""
    if not tokens:
        return [], "load"
    limit = (question.get("options") or {}).get("num_predict")
    if isinstance(limit, int) and not isinstance(limit, bool) and 0 <= limit < len(tokens):
        return tokens[:limit], "length"
    return tokens, "stop"


def tokenized(text):
    """Words and marks with the space before them: near enough to tokens to count."""
    return re.findall(r"\s*(?:\w+|[^\w\s])", text)


def text_field(value, name):
    text = value.get(name)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Refused(400, f"{name} must be a string")
    return text


def with_tag(model):
    return model if ":" in model else f"{model}:latest"


def timestamp():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def to_json(value):
    # ASCII, so that half a surrogate pair in a question cannot spoil the answer.
    return json.dumps(value).encode("ascii") + b"\n"


if __name__ == "__main__":
    main()
