"""What the demo prints: headings, commands, calls, results, bars. Colours and bars on a terminal only."""

import sys
import time

BOLD, DIM, GREEN, RED, CYAN, OFF = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[31m", "\x1b[36m", "\x1b[0m"
BAR_WIDTH = 30
REDRAW_SECONDS = 0.05


class Screen:
    def __init__(self, is_terminal: bool, out=sys.stdout):
        self.is_terminal = is_terminal
        self.out = out
        self.chapter = 0
        self.after_heading = False

    def paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{OFF}" if self.is_terminal else text

    def print(self, text: str = "") -> None:
        self.after_heading = False
        print(text, file=self.out, flush=True)

    def heading(self, title: str, why: str) -> None:
        self.chapter += 1
        self.print(f"\n{self.paint(BOLD, f'{self.chapter}  {title}')}\n   {self.paint(DIM, why)}\n")
        self.after_heading = True

    def command(self, line: str) -> None:
        self.print(f"   {self.paint(CYAN, '$ ' + line)}")

    def call(self, method: str, path: str, status: int, note: str = "") -> None:
        colour = GREEN if status < 400 else RED
        self.print(f"   {method:<5} {path:<56} {self.paint(colour, str(status))}{'  ' + note if note else ''}")

    def result(self, text: str) -> None:
        self.print(f"         {self.paint(DIM, text)}")

    def text(self, text: str) -> None:
        self.print(f"   {text}" if self.after_heading else f"\n   {text}")

    def table(self, text: str) -> None:
        if text:
            self.print(f"\n{text}")


class Bar:
    """The progress of one file; leaves nothing behind."""

    def __init__(self, screen: Screen, name: str, size: int):
        self.screen = screen
        self.name = name
        self.size = size
        self.sent = 0
        self.drawn_at = 0.0

    def __enter__(self):
        self.draw(now=True)
        return self

    def __exit__(self, *_):
        self.erase()

    def add(self, count: int) -> None:
        self.sent += count
        self.draw()

    def line_below(self, *call) -> None:
        """A call's line above the bar."""
        self.erase()
        self.screen.call(*call)
        self.draw(now=True)

    def draw(self, now: bool = False) -> None:
        if not self.screen.is_terminal or (not now and time.monotonic() - self.drawn_at < REDRAW_SECONDS):
            return
        self.drawn_at = time.monotonic()
        full = BAR_WIDTH * self.sent // self.size if self.size else BAR_WIDTH
        print(f"\r   {self.name} [{'#' * full}{'-' * (BAR_WIDTH - full)}] {self.sent:,} of {self.size:,} bytes", end="",
              file=self.screen.out, flush=True)  # fmt: skip

    def erase(self) -> None:
        if self.screen.is_terminal:
            print("\r\x1b[K", end="", file=self.screen.out, flush=True)
