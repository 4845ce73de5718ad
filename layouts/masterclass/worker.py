"""The execution worker of the masterclass: an agent's loop, written out.

Each round it observes what it remembers of a task, lets the engine plan, acts by taking a
harmless measurement of this machine, and remembers the result. It works against anything
that speaks Ollama's API, and waits for an engine that is away."""

import argparse
import http.client
import itertools
import json
import os
import shutil
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import common

SECONDS_FOR_AN_ANSWER = 60
FIRST_PAUSE, LONGEST_PAUSE = 1, 15
# An answer longer than this is no plan; the rest is not read.
PIECES_AT_MOST, BYTES_A_PIECE = 2000, 64 * 1024
LABEL_CELLS = 11
STYLES = {"observe": "36", "plan": "35", "act": "33", "remember": "32", "engine": "31",
          "memory": "31"}


def main():
    arguments = parse_arguments()
    common.behave()
    engine = Engine(arguments.engine)
    print(common.paint("execution worker", "1"))
    say("engine", arguments.engine)
    say("memory", arguments.db)
    try:
        for task in itertools.cycle(TASKS):
            round_of(task, engine, arguments.db)
            time.sleep(arguments.interval)
    except SystemExit:
        try:
            print("\nworker: stopped")
        except OSError:
            pass  # The terminal went first.
        raise


def parse_arguments():
    parser = argparse.ArgumentParser(description="An agent's loop against an Ollama-like engine.")
    parser.add_argument("--engine", required=True, type=http_url, metavar="URL")
    parser.add_argument("--db", required=True, type=common.memory_path, metavar="PATH")
    parser.add_argument("--interval", default=3.0, type=seconds, metavar="SECONDS",
                        help="rest between two rounds (default: 3)")
    return parser.parse_args()


def http_url(text):
    parts = urllib.parse.urlsplit(text)
    if parts.scheme == "http" and parts.hostname:
        return text.rstrip("/")
    raise argparse.ArgumentTypeError(f"`{text}` is not a URL such as http://127.0.0.1:11435")


def seconds(text):
    try:
        if 0 <= float(text) <= 86400:
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds from 0 to 86400")


def round_of(task, engine, path):
    name, measure = task
    print()
    print(common.paint(f"{time.strftime('%H:%M:%S')}  {name}", "1"))
    try:
        previous = recall(path, name)
        known = f"{previous[1].split(' (')[0]} at #{previous[0]}" if previous else "nothing yet"
        say("observe", f"remembered: {known}")
        prompt = f"Task: {name}. Remembered: {known}. Plan the next step in two sentences."
        answer = patiently(lambda on_answer: engine.think(prompt, on_answer))
        result = act(measure, engine, path, previous)
        say("act", result)
        number = remember(path, name, answer, result)
        say("remember", f"#{number}, {answer['tokens']} tokens in {answer['ms']} ms")
    except (OSError, sqlite3.Error) as error:
        # A full disk or a locked file may pass; the next round tries again.
        say("memory", f"{error}; trying again next round")


def recall(path, task):
    """The last row about a task, as its id and result."""
    memory = common.open_memory(path)
    try:
        return memory.execute(
            "SELECT id, result FROM agent_memory WHERE task = ? ORDER BY id DESC LIMIT 1", (task,)
        ).fetchone()
    finally:
        memory.close()


def act(measure, engine, path, previous):
    """Measures, and says how far the number moved. A result starts with its number, which is
    how a later worker, perhaps after a restart, finds it again."""
    try:
        value, unit = measure(engine, path)
    except (OSError, EngineAway) as error:
        return f"could not measure: {error}"
    result = f"{value:.2f} {unit}"
    try:
        change = round(value - float(previous[1].split()[0]), 2)
    except (TypeError, ValueError, IndexError):
        return result
    moved = f"{change:+.2f}" if change else "unchanged"
    return f"{result} ({moved} since #{previous[0]})"


def remember(path, task, answer, result):
    memory = common.open_memory(path)
    try:
        with memory:
            number = memory.execute(
                "INSERT INTO agent_memory (at, task, thought, result, tokens, latency_ms)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (common.utc_now(), task, answer["text"], result, answer["tokens"], answer["ms"]),
            ).lastrowid
            memory.execute("DELETE FROM agent_memory WHERE id <= ?", (number - common.ROWS_KEPT,))
        return number
    finally:
        memory.close()


def load_average(_engine, _path):
    return os.getloadavg()[0], "runnable"


def free_disk(_engine, path):
    return shutil.disk_usage(os.path.dirname(path)).free / 1e9, "GB free"


def engine_latency(engine, _path):
    asked = time.monotonic()
    engine.get("/api/version")
    return (time.monotonic() - asked) * 1000, "ms to answer"


def memory_size(_engine, path):
    return os.path.getsize(path) / 1024, "KiB on disk"


# Each takes a reading and changes nothing.
TASKS = (
    ("load average", load_average),
    ("free disk space", free_disk),
    ("engine latency", engine_latency),
    ("size of the memory", memory_size),
)


class EngineAway(Exception):
    """The engine did not answer, or not with an answer."""


class Engine:
    def __init__(self, url):
        self.url = url
        # Without the environment's proxies, which have no way to this machine's loopback.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path):
        with self.open(path) as response:
            return decoded(response.read(BYTES_A_PIECE))

    def open(self, path, body=None):
        request = urllib.request.Request(self.url + path)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            return self.opener.open(request, timeout=SECONDS_FOR_AN_ANSWER)
        except urllib.error.HTTPError as error:
            with error:
                said = decoded(error.read(BYTES_A_PIECE))
            raise EngineAway(f"status {error.code}: {said.get('error', error.reason)}")
        except urllib.error.URLError as error:
            raise EngineAway(getattr(error.reason, "strerror", None) or str(error.reason))
        except (OSError, http.client.HTTPException) as error:
            raise EngineAway(str(error) or type(error).__name__)

    def model(self):
        """The first model that the engine has: the worker has no opinion of its own."""
        models = self.get("/api/tags").get("models")
        if not isinstance(models, list) or not models or not isinstance(models[0], dict):
            raise EngineAway("it serves no model")
        return str(models[0].get("name", ""))

    def think(self, prompt, on_answer):
        """Asks, and shows the answer as it comes, after a call of `on_answer`."""
        asked = time.monotonic()
        message = {"role": "user", "content": prompt}
        body = {"model": self.model(), "messages": [message], "stream": True}
        step, text = None, []
        try:
            with self.open("/api/chat", body) as response:
                for piece in pieces(response):
                    content = (piece.get("message") or {}).get("content") or ""
                    text.append(content)
                    if step is None:
                        on_answer()
                        step = Step("plan")
                    step.add(content)
                    if piece.get("done"):
                        return {
                            # Half a surrogate pair is valid JSON and no valid text.
                            "text": "".join(text).strip().encode("utf-8", "replace").decode(),
                            "tokens": min(int(piece.get("eval_count") or len(text)), 1 << 31),
                            "ms": round((time.monotonic() - asked) * 1000),
                        }
        except (OSError, http.client.HTTPException, AttributeError, TypeError,
                ValueError) as error:
            raise EngineAway(f"it broke off: {str(error) or type(error).__name__}")
        finally:
            if step:
                step.end()
        raise EngineAway("it stopped in the middle of an answer")


def pieces(response):
    for _ in range(PIECES_AT_MOST):
        line = response.readline(BYTES_A_PIECE)
        if not line:
            return
        yield decoded(line)


def decoded(data):
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise EngineAway("its answer is not a JSON object; is this an Ollama-like engine?")
    return value


def patiently(ask):
    """Asks until there is an answer, with longer and longer pauses, and says so each time."""
    away_since, pause = None, FIRST_PAUSE

    def on_answer():
        if away_since is not None:
            say("engine", f"back after {time.monotonic() - away_since:.0f} s")

    while True:
        try:
            return ask(on_answer)
        except EngineAway as error:
            if away_since is None:
                away_since = time.monotonic()
            say("engine", f"away: {error}; again in {pause} s")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def say(label, text):
    step = Step(label)
    step.add(text)
    step.end()


class Step:
    """A labelled paragraph that grows word by word and wraps under itself."""

    def __init__(self, label):
        self.line = LABEL_CELLS
        self.word = ""
        sys.stdout.write(common.paint(f"  {label:<{LABEL_CELLS - 2}}", STYLES[label]))
        sys.stdout.flush()

    def add(self, text):
        # A word is complete when a space follows; an engine may send half of one.
        *words, self.word = (self.word + text).replace("\n", " ").split(" ")
        for word in words:
            self.put(word)

    def put(self, word):
        word = common.printable(word)
        if not word:
            return
        width = common.screen_size()[0]
        if self.line > LABEL_CELLS:
            if self.line + 1 + common.cells(word) > width:
                sys.stdout.write("\n" + " " * LABEL_CELLS)
                self.line = LABEL_CELLS
            else:
                sys.stdout.write(" ")
                self.line += 1
        sys.stdout.write(word)
        sys.stdout.flush()
        self.line += common.cells(word)

    def end(self):
        self.put(self.word)
        self.word = ""
        print()


if __name__ == "__main__":
    main()
