"""The state's place in the masterclass: makes the agent's database, tells whether it is
there, and shows its last rows live. Only reads what the worker writes."""

import argparse
import calendar
import os
import pathlib
import select
import signal
import sqlite3
import sys
import time

import common

SECONDS_BETWEEN_LOOKS = 1.0
# Lines above the rows: what this is, and the names of the columns.
HEADER_LINES = 2
# Of each column: its name, the narrowest pane that shows it, its cells (0: what is left, in
# shares), and whether it is a number. `result` is the point of it all, so it is always there.
COLUMNS = (
    ("id", 0, 5, True),
    ("time", 56, 8, False),
    ("task", 32, 18, False),
    ("thought", 110, 0, False),
    ("result", 0, 0, False),
    ("tokens", 64, 6, True),
    ("ms", 64, 5, True),
)


def main():
    parser = argparse.ArgumentParser(description="The agent's memory: make, check or watch it.")
    parser.add_argument("--db", required=True, type=common.memory_path, metavar="PATH")
    verb = parser.add_mutually_exclusive_group(required=True)
    verb.add_argument("--init", action="store_true", help="make the database and its table")
    verb.add_argument("--check", action="store_true", help="exit 0 if the table is there")
    verb.add_argument("--watch", action="store_true", help="show the last rows, live")
    arguments = parser.parse_args()
    common.behave()
    try:
        if arguments.check:
            check(arguments.db)
        elif arguments.init:
            common.open_memory(arguments.db).close()
        else:
            watch(arguments.db)
    except OSError as error:
        common.fail("state", f"{error.filename or arguments.db}: {error.strerror}")
    except sqlite3.Error as error:
        common.fail("state", f"{arguments.db}: {error}")


def check(path):
    """A probe: it must make nothing, or it would report what it made itself."""
    if not os.path.isfile(path):
        common.fail("state", f"{path}: no such file")
    memory = sqlite3.connect(pathlib.Path(path).as_uri() + "?mode=ro", uri=True,
                             timeout=common.BUSY_SECONDS)
    try:
        memory.execute(f"SELECT {common.COLUMNS} FROM agent_memory LIMIT 1")
    finally:
        memory.close()


def watch(path):
    common.open_memory(path).close()
    if common.is_screen():
        redraw_forever(path)
    else:
        print_forever(path)


def redraw_forever(path):
    # A signal that does not end the program writes into this pipe, so that the wait below
    # ends at once when the pane changes its size.
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGWINCH, lambda _number, _frame: None)
    write("\x1b[?25l\x1b[2J")
    try:
        while True:
            write(picture(path))
            if select.select([woken], [], [], SECONDS_BETWEEN_LOOKS)[0]:
                os.read(woken, 4096)
    finally:
        try:
            # The last picture stays, for whoever looks at the pane afterwards.
            write("\x1b[?25h\n")
        except OSError:
            pass  # The terminal went first.


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def picture(path):
    """One whole screen. Lines and cells are placed by number: whatever width a terminal gives
    to a character, the next column starts where it should."""
    width, height = common.screen_size()
    try:
        total, rows = last_rows(path, max(height - HEADER_LINES, 0))
        about = f"{total} rows" if total != 1 else "1 row"
    except (OSError, sqlite3.Error) as error:
        # The service is to show the database, also when somebody moves it away for a while.
        rows, about = [], f"cannot read: {error}"
    home = os.path.join(os.path.expanduser("~"), "")
    where = "~/" + path[len(home):] if home != "/" and path.startswith(home) else path
    title = common.clip(common.printable(f"agent_memory · {about} · {where}"), width)
    lines = [common.paint(title, "1")]
    if rows:
        lines.append(placed([name for name, *_ in COLUMNS], width, "2"))
        lines += [placed(row, width, "") for row in rows[:-1]]
        lines.append(placed(rows[-1], width, "32"))
    else:
        lines.append(common.paint(common.clip("nothing remembered yet", width), "2"))
    # Each line is cleared before it is written: clearing after a line that fills the pane
    # would take its last character.
    drawn = [f"\x1b[{y};1H\x1b[2K{line}" for y, line in enumerate(lines[:height], 1)]
    below = f"\x1b[{len(drawn) + 1};1H\x1b[J" if len(drawn) < height else ""
    return "".join(drawn) + below


def last_rows(path, count):
    """How many rows there are, and the last `count` as texts in the order of `COLUMNS`."""
    memory = common.open_memory(path)
    try:
        total = memory.execute("SELECT count(*) FROM agent_memory").fetchone()[0]
        rows = memory.execute(
            f"SELECT {common.COLUMNS} FROM agent_memory ORDER BY id DESC LIMIT ?", (count,)
        ).fetchall()
    finally:
        memory.close()
    return total, [
        (str(number), local_time(at), task, thought, result, str(tokens), str(latency))
        for number, at, task, thought, result, tokens, latency in reversed(rows)
    ]


def local_time(at):
    try:
        seconds = calendar.timegm(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ"))
        return time.strftime("%H:%M:%S", time.localtime(seconds))
    except (TypeError, ValueError):
        return str(at)


def placed(texts, width, style):
    """One line of the table, of the columns that a pane of this width has room for."""
    shown = [(text, cells, is_number)
             for text, (_, least, cells, is_number) in zip(texts, COLUMNS) if width >= least]
    fixed = sum(cells for _, cells, _ in shown) + len(shown) - 1
    share, spare = divmod(max(width - fixed, 0), sum(cells == 0 for _, cells, _ in shown))
    line, x = "", 1
    for text, cells, is_number in shown:
        if cells == 0:
            cells, spare = share + spare, 0
        text = common.clip(common.printable(text), cells)
        indent = cells - common.cells(text) if is_number else 0
        line += f"\x1b[{x + indent}G{common.paint(text, style) if style else text}"
        x += cells + 1
        if x > width:
            break
    return line


def print_forever(path):
    """Without a screen each row is a line, once."""
    seen = 0
    while True:
        _, rows = last_rows(path, common.FALLBACK_SIZE[1])
        for row in rows:
            if int(row[0]) > seen:
                seen = int(row[0])
                print("  ".join(common.printable(text) for text in row))
        time.sleep(SECONDS_BETWEEN_LOOKS)


if __name__ == "__main__":
    main()
