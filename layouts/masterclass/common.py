"""What the programs of the masterclass share: the agent's memory, which is one SQLite
table, and good manners in a pane: signals, colour, and text that fits its cells."""

import os
import signal
import sqlite3
import sys
import time
import unicodedata

# How long one program waits for another that holds the database.
BUSY_SECONDS = 5.0
# The oldest memories go first, so that a worker left alone for weeks fills no disk.
ROWS_KEPT = 10_000
# Where there is no terminal to fit, lines are as wide as this.
FALLBACK_SIZE = (100, 24)

SCHEMA = """
CREATE TABLE IF NOT EXISTS agent_memory (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         TEXT    NOT NULL,  -- UTC, 2025-01-31T12:00:00Z
    task       TEXT    NOT NULL,
    thought    TEXT    NOT NULL,  -- what the engine answered
    result     TEXT    NOT NULL,  -- what the act found; starts with its number
    tokens     INTEGER NOT NULL,  -- of the answer
    latency_ms INTEGER NOT NULL   -- of the answer
)
"""
COLUMNS = "id, at, task, thought, result, tokens, latency_ms"


def memory_path(path):
    """The database's path; `~` is expanded here because manifests leave it to programs."""
    return os.path.abspath(os.path.expanduser(path))


def open_memory(path):
    """Opens the database, made with its folders and schema where it is missing. The folders
    it makes are 0700 and the files 0600 (see `behave`); what exists keeps its mode."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    memory = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        # Readers and the writer do not wait for each other in WAL. The mode is kept in the
        # file; switching it is the one step that does not wait by itself for a busy file.
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                memory.execute("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        with memory:
            memory.execute(SCHEMA)
        # A table of that name and another shape is somebody else's: found out here, at the start.
        memory.execute(f"SELECT {COLUMNS} FROM agent_memory LIMIT 1")
        return memory
    except BaseException:
        memory.close()
        raise


def utc_now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def behave():
    """Sets up a program for life in a pane: private files, UTF-8 whatever the locale, a line
    on screen as soon as it is written, and an orderly end on TERM, INT and HUP."""
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)

    def stop(number, _frame):
        # A second signal takes its default action: nothing can keep the program alive.
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_DFL)
        raise SystemExit(0)

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, stop)


def fail(program, message):
    """Ends the program with status 1 and its reason on stderr."""
    print(f"{program}: {message}", file=sys.stderr)
    raise SystemExit(1)


def is_screen():
    """Whether stdout is a terminal that understands escape sequences."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def screen_size():
    """Columns and rows of the pane now; it may change between two calls."""
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return FALLBACK_SIZE
    # Some terminals report 0 before they know.
    return (columns, rows) if columns > 0 and rows > 0 else FALLBACK_SIZE


def paint(text, style):
    """`text` in an SGR style such as "1" or "2;36", where colour is wanted."""
    if not is_screen() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{style}m{text}\x1b[0m"


def printable(text):
    """`text` on one line without what moves a cursor or changes a width: control and format
    characters, and the variation selectors that terminals disagree about. An answer of an
    engine and a path from the network are nobody's promise."""
    kept = "".join(
        " " if char.isspace() else char
        for char in str(text)
        if char.isspace()
        or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        and char not in "\ufe0e\ufe0f"
    )
    return " ".join(kept.split())


def cells(text):
    """How many cells of a terminal `text` takes: emoji and CJK take two, marks none."""
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me")
        else 2 if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def clip(text, width):
    """The start of `text` that fits in `width` cells, with an ellipsis where it was cut."""
    if cells(text) <= width:
        return text
    kept, room = [], width - 1
    for char in text:
        room -= cells(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + "…" if width > 0 else ""
