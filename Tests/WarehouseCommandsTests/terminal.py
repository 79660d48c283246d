#!/usr/bin/env python3
"""The prompt of `mlwh sql` in a real terminal: tmux presses the keys and tells what the screen shows.

    terminal.py .build/debug/mlwh

Each test has a terminal, a home and a warehouse of its own. Exit code 0: all passed; 1: the screens of those that
failed are printed; 77: there is no tmux.
"""
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time

SOCKET = "mlwh-test-%d" % os.getpid()


def tmux(*arguments, check=True):
    result = subprocess.run(["tmux", "-u", "-f", "/dev/null", "-L", SOCKET, *arguments], capture_output=True,
                            encoding="utf-8", errors="replace")
    if check and result.returncode != 0:
        raise RuntimeError("tmux %s: %s" % (arguments[0], result.stderr))
    return result.stdout


class Screen:
    """A terminal in which the prompt runs."""

    def __init__(self, tool, columns=80, rows=24, environment=None, arguments=("sql",), shell=False):
        self.folder = tempfile.mkdtemp(prefix="mlwh-terminal-")
        self.tool = tool
        self.name = "t%d" % int(time.monotonic() * 1e6)
        # Nothing of who runs the tests gets in: neither MLWH_* nor LESS* nor a locale.
        variables = {"PATH": os.environ.get("PATH", os.defpath), "HOME": self.folder, "LANG": "C.UTF-8",
                     "MLWH_DATABASE": self.folder + "/w", "PS1": "shell> "}
        variables.update(environment or {})
        words = ["env", "-i"] + [key + "=" + value for key, value in variables.items()]
        words += ["sh"] if shell else [tool, *arguments]
        command = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        # What tmux calls itself is known inside alone.
        if "TERM" not in variables:
            command = command.replace("'-i'", "'-i' TERM=\"$TERM\"", 1)
        if not shell:
            # What the prompt leaves behind stays to be looked at.
            command += "; echo left with $?; sleep 60"
        try:
            tmux("new-session", "-d", "-c", self.folder, "-s", self.name, "-x", str(columns), "-y", str(rows), command)
        except RuntimeError:
            self.close()
            raise

    def keys(self, *keys):
        """Presses keys by tmux's names."""
        tmux("send-keys", "-t", self.name, *keys)

    def type(self, text):
        # A semicolon at the end would end tmux's own command.
        tmux("send-keys", "-t", self.name, "-l", text[:-1] + "\\;" if text.endswith(";") else text)

    def line(self, text):
        self.type(text)
        self.keys("Enter")

    def paste(self, text):
        tmux("set-buffer", "-b", self.name, text)
        tmux("paste-buffer", "-p", "-b", self.name, "-t", self.name)

    def text(self, colours=False):
        return tmux("capture-pane", "-p", "-t", self.name, *(["-e"] if colours else []))

    def cursor(self):
        column, row = tmux("display-message", "-p", "-t", self.name, "#{cursor_x} #{cursor_y}").split()
        return int(column), int(row)

    def wait_cursor(self, row, seconds=120):
        end = time.monotonic() + seconds
        while self.cursor()[1] != row:
            expect(time.monotonic() < end, self, "the cursor does not come to row %d" % row)
            time.sleep(0.02)

    def resize(self, columns, rows):
        tmux("resize-window", "-t", self.name, "-x", str(columns), "-y", str(rows))

    def wait(self, pattern, seconds=120, colours=False):
        """Waits until the screen holds a pattern; what it shows then."""
        end = time.monotonic() + seconds
        while True:
            shown = self.text(colours)
            if re.search(pattern, shown, re.MULTILINE | re.DOTALL):
                return shown
            if time.monotonic() > end:
                raise AssertionError("the screen does not show %r:\n%s" % (pattern, shown))
            time.sleep(0.02)

    def ready(self):
        return self.wait(r"MAIN\.PUBLIC> *\n*\Z")

    def close(self):
        tmux("kill-session", "-t", self.name, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def history(self):
        with open(self.folder + "/.local/state/mlwh/history", encoding="utf-8") as file:
            return file.read()


TESTS = []


def test(**options):
    def wrap(function):
        TESTS.append((function, options))
        return function
    return wrap


def expect(condition, screen, what):
    if not condition:
        raise AssertionError("%s:\n%s" % (what, screen.text() if isinstance(screen, Screen) else screen))


@test()
def statements_run(screen):
    screen.ready()
    screen.line("select 1 as a, 'é日本' as b;")
    shown = screen.wait(r"1 row\nMAIN\.PUBLIC>")
    expect("│ A │ B     │" in shown and "│ 1 │ é日本 │" in shown, shown, "a table")
    screen.line("\\q")
    screen.wait("left with 0")


@test()
def statements_of_several_lines_are_edited_whole(screen):
    screen.ready()
    screen.line("select 1 as a,")
    screen.wait(r"\n +-> *\n*\Z")
    screen.line("  2 as b")
    screen.keys("Up", "Up", "End", "BSpace")
    screen.type("9,")
    screen.keys("Down", "Down")
    screen.line(";")
    shown = screen.wait(r"1 row\nMAIN\.PUBLIC>")
    expect("A9" in shown, shown, "the first line was changed")
    expect(shown.count("select 1 as") == 1, shown, "drawn once")


@test()
def keys_of_emacs(screen):
    screen.ready()
    screen.type("elect 5 as wrong thing")
    screen.keys("C-w")
    screen.keys("C-w")
    screen.type("five")
    screen.keys("C-a")
    screen.type("s")
    screen.keys("C-e")
    screen.type(" xx;")
    screen.keys("M-b")
    screen.keys("C-k")
    screen.type(";")
    screen.keys("Enter")
    shown = screen.wait(r"1 row\nMAIN")
    expect("│ FIVE │" in shown, shown, "the text was edited")


@test(columns=40, rows=12)
def long_lines_wrap_and_survive_a_resize(screen):
    screen.ready()
    screen.type("select 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee日本' as t")
    screen.wait("日本' as\\s+t")
    screen.keys("C-a")
    screen.wait_cursor(2)
    screen.resize(70, 12)
    screen.keys("C-e")
    screen.type(";")
    # Drawn once after the terminal grew, and after it shrank.
    once = r"\A(?!.*PUBLIC> select.*PUBLIC> select).*PUBLIC> select.*as\s+t; *\n*\Z"
    screen.wait(once)
    screen.resize(50, 12)
    screen.wait(once)
    screen.keys("Enter")
    screen.wait("1 row")


@test()
def history_is_kept_and_searched(screen):
    screen.ready()
    screen.line("select 'first' as a;")
    screen.wait("first +│")
    screen.line("select 'second' as a;")
    screen.wait("second +│")
    screen.keys("Up", "Up")
    screen.wait(r"> select 'first' as a; *\n*\Z")
    screen.keys("Down", "Down")
    screen.wait(r"> *\n*\Z")
    screen.keys("C-r")
    screen.type("fir")
    screen.wait("search: fir_")
    screen.keys("Enter")
    screen.wait("(first +│.*){2}")
    screen.line("create user u password = 'open sesame';")
    screen.wait("U successfully created")
    screen.line(" select 'space before';")
    screen.wait("1 row\nMAIN.PUBLIC> *\n*\\Z")
    screen.keys("Up", "Up")
    screen.wait("sesame'; *\n*\\Z")
    screen.keys("C-c")
    screen.keys("C-d")
    screen.wait("left with 0")
    kept = screen.history()
    expect("first" in kept and "second" in kept, kept, "statements are kept")
    expect("sesame" not in kept and "space before" not in kept, kept, "secrets are not")
    mode = stat.S_IMODE(os.stat(screen.folder + "/.local/state/mlwh/history").st_mode)
    expect(mode == 0o600, oct(mode), "nobody else may read it")


@test()
def tab_completes(screen):
    screen.ready()
    screen.line("create table wide_table (first_column int, second_column text);")
    screen.wait("successfully created")
    screen.type("sel")
    screen.keys("Tab")
    screen.type("first_c")
    screen.keys("C-e")
    screen.type(" from wid")
    screen.keys("Tab")
    screen.wait("select first_c from wide_table *\n*\\Z")
    for _ in range(len(" from wide_table ")):
        screen.keys("Left")
    screen.keys("Tab")
    screen.wait("select first_column +from")
    screen.keys("C-e")
    screen.type(";")
    screen.keys("Enter")
    screen.wait("0 rows")
    screen.type("\\d wid")
    screen.keys("Tab")
    screen.keys("Enter")
    screen.wait("FIRST_COLUMN.*NUMBER")
    screen.type("select * from wide_table where ")
    screen.keys("Tab")
    screen.wait("first_column +second_column")
    screen.keys("Tab", "Tab")
    screen.wait("where second_column")


@test()
def interrupts(screen):
    screen.ready()
    screen.type("select nonsense")
    screen.keys("C-c")
    screen.wait("nonsense\nMAIN.PUBLIC> *\n*\\Z")
    screen.line("create table few as select seq8() as n from table(generator(rowcount => 100000));")
    screen.wait("successfully created")
    screen.line("select count(distinct sha2(a.n || b.n || random())) from few a, few b;")
    screen.wait(r"of 200K rows|200,000 rows read, working")
    screen.keys("C-c")
    shown = screen.wait("cancel.*MAIN.PUBLIC> *\n*\\Z")
    expect(re.search(r"^error 000604", shown, re.M), shown, "the error begins a line, behind no ^C")
    screen.line("select 7 as seven;")
    screen.wait("SEVEN")
    screen.keys("C-d")
    screen.wait("left with 0")


@test(columns=100)
def long_queries_tell_how_far_they_are(screen):
    screen.ready()
    screen.line("create table big as select seq8() as n from table(generator(rowcount => 100000));")
    screen.wait("successfully created")
    # A query that never ends: the line is there however fast the machine is. Both scans count.
    screen.line("select count(distinct sha2(a.n || b.n || random())) from big a, big b;")
    screen.wait(r"reading .*%  .* of 200K rows .*(ETA|\d:\d\d)|200,000 rows read, working … \d:\d\d")
    screen.keys("C-c")
    shown = screen.wait("cancel.*MAIN.PUBLIC> *\n*\\Z")
    expect("reading  " not in shown and "working" not in shown, shown, "the line is gone when all is done")


@test()
def errors_show_the_place(screen):
    screen.ready()
    screen.line("select 1,")
    screen.line("   nope from (select 1 as a);")
    screen.wait(r"error 000904.*line 2, column 4\n.*   nope from \(select 1 as a\);\n +\^\nMAIN")


@test()
def the_place_of_an_error_fits_the_screen(screen):
    screen.ready()
    screen.line("select 'a rather long text', 'another one that is even longer', 'and more', 'and 日本', nope, 2;")
    screen.wait(r"line 1, column 87\n  …[^\n]*nope, 2;\n {53}\^\nMAIN")


@test(columns=60, rows=14, environment={"PAGER": "no-such-pager -x"})
def without_a_pager_that_runs_results_are_cut_to_the_screen(screen):
    screen.ready()
    screen.line("select 'short' as s, repeat('日', 100) as t;")
    screen.wait("no-such-pager -x' cannot be run, and is off now")
    shown = screen.wait("1 row\nMAIN")
    expect("…" in shown and "short" in shown, shown, "the result is shown all the same")
    screen.line("\\pager")
    screen.wait("pager is off")


@test(columns=60, rows=14, environment={"LC_ALL": "C", "LANG": "C"})
def frames_are_frames_in_every_locale(screen):
    screen.ready()
    screen.line("select seq4() as n, 'é日' as t from table(generator(rowcount => 100));")
    shown = screen.wait(r"\n:")
    expect("│ é日 │" in shown, shown, "less knows that this is UTF-8")
    screen.keys("q")
    screen.wait("MAIN.PUBLIC> *\n*\\Z")
    screen.line("\\?")
    shown = screen.wait(r"\n:")
    expect("Statements end with ;" in shown, shown, "help is paged from its beginning")
    screen.keys("q")
    screen.wait("MAIN.PUBLIC> *\n*\\Z")


@test()
def pastes_are_not_run_by_their_lines(screen):
    screen.ready()
    screen.paste("select 1 as a;\nselect 2 as b\n")
    screen.wait(r"select 1 as a;\n +-> select 2 as b\n +->")
    shown = screen.text()
    expect("│" not in shown, shown, "nothing runs before Enter")
    screen.line(";")
    shown = screen.wait("│ B │")
    expect("│ A │" in shown, shown, "both ran")


@test(columns=60, rows=14)
def large_results_go_to_a_pager(screen):
    screen.ready()
    screen.line("select seq4() as n, repeat('x', 100) || 'end' as t from table(generator(rowcount => 500));")
    screen.wait(r"\n:")
    screen.keys("G")
    screen.wait(r"500 rows")
    screen.keys("q")
    screen.wait("MAIN.PUBLIC> *\n*\\Z")
    screen.line("\\pager off")
    screen.wait("pager is off")
    screen.line("select 'short' as s, repeat('日', 100) as t;")
    shown = screen.wait("1 row")
    expect("…" in shown and max(map(len, shown.split("\n"))) <= 60, shown, "it is cut to the screen")


@test()
def commands(screen):
    screen.ready()
    screen.line("\\x")
    screen.line("select 1 as a, 2 as bee;")
    screen.wait(r"row 1 \].*A   │ 1\nBEE │ 2")
    screen.line("\\x off")
    screen.line("\\o " + screen.folder + "/out.txt")
    screen.line("select 'in the file' as f;")
    screen.line("\\o |head -n 1 > " + screen.folder + "/head.txt")
    for _ in range(3):
        screen.line("select seq4() as n from table(generator(rowcount => 9000));")
    screen.line("\\o")
    screen.line("select 'on the screen' as f;")
    shown = screen.wait("on the screen +│")
    expect("error" not in shown, shown, "a command that reads no more is no error")
    with open(screen.folder + "/out.txt", encoding="utf-8") as file:
        expect("in the file" in file.read(), screen, "the file has the result")
    with open(screen.folder + "/script.sql", "w", encoding="utf-8") as file:
        file.write("create table t (a int);\n\\echo from the script\ninsert into t values (1);\n")
    screen.line("\\i " + screen.folder + "/script.sql")
    screen.wait("from the script")
    screen.line("\\dt")
    screen.wait("PUBLIC +│ T +│")
    screen.line("select 41 + 1 as answer \\g")
    screen.wait("42")
    screen.line("\\watch 0.2")
    screen.wait("(every 200 ms.*42.*){3}")
    screen.keys("C-c")
    screen.wait("MAIN.PUBLIC> *\n*\\Z")


@test(environment={"EDITOR": "sed -i s/1/17/"})
def an_editor(screen):
    screen.ready()
    screen.line("select 1 as a;")
    screen.wait("1 row")
    screen.line("\\e")
    screen.wait("select 17 as a;")
    screen.keys("Enter")
    screen.wait("│ 17 │")


@test()
def colours(screen):
    screen.ready()
    screen.type("select upper('x'), 12 -- note")
    shown = screen.wait("note", colours=True)
    expect("34mselect" in shown, repr(shown), "keywords are blue")
    expect("32m'x'" in shown and "36mupper" in shown, repr(shown), "strings and functions have colours")


@test(environment={"NO_COLOR": "1"})
def no_colours(screen):
    screen.ready()
    screen.type("select upper('x'), 12 -- note")
    shown = screen.wait("note", colours=True)
    expect("\x1b[" not in shown, repr(shown), "nothing is coloured")


@test(environment={"TERM": "dumb"})
def a_dumb_terminal(screen):
    screen.ready()
    screen.line("select 1 as a,")
    screen.wait("\n +-> *\n*\\Z")
    screen.line("2 as b;")
    screen.wait("│ A │ B │")
    screen.line("select 3")
    screen.keys("C-c")
    screen.wait("MAIN.PUBLIC> *\n*\\Z")
    screen.line("select 4 as four;")
    screen.wait("│ FOUR │")
    screen.keys("C-d")
    screen.wait("left with 0")


@test(shell=True)
def the_terminal_is_left_as_it_was(screen):
    screen.wait("shell>")
    screen.line("stty -a > before; '%s' sql; stty -a > after; cmp before after && echo same" % screen.tool)
    screen.ready()
    screen.keys("C-z")
    screen.wait("shell> *\n*\\Z")
    screen.line("fg")
    screen.wait("PUBLIC> *\n*\\Z")
    screen.line("select 5 as five;")
    screen.wait("│ FIVE │")
    screen.keys("C-d")
    screen.wait("shell> *\n*\\Z")
    screen.line("'%s' sql" % screen.tool)
    screen.wait("PUBLIC> *\n*\\Z")
    subprocess.run(["pkill", "-TERM", "-t", tmux("display-message", "-p", "-t", screen.name, "#{pane_tty}").strip()
                    .removeprefix("/dev/"), "-f", screen.tool + " sql"], check=False)
    screen.wait("shell> *\n*\\Z")
    screen.line("stty -a > after2; echo visible")
    screen.wait("\nvisible")


@test(shell=True)
def an_interrupted_command_leaves_nothing(screen):
    def left():
        return subprocess.run(["pgrep", "-f", "read line"], capture_output=True, text=True).stdout.split()
    before = left()
    screen.wait("shell>")
    # It never ends, and soon has files of more than a megabyte: a process frees them that outlives the command.
    screen.line("'%s' sql --memory-limit 16MB -c \"select sha2(a.n || b.n) as h from (select seq8() as n from table(generator("
                "rowcount => 100000))) a, (select seq8() as n from table(generator(rowcount => 100000))) b order by h\"; "
                "echo ended with $?" % screen.tool)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not spilled(screen.tool):
        time.sleep(0.2)
    expect(spilled(screen.tool), screen.text(), "rows are on disk")
    screen.keys("C-c")
    screen.wait("cancel")
    screen.wait("ended with 130")
    expect(os.listdir(screen.folder + "/w/tmp") == [], os.listdir(screen.folder + "/w/tmp"), "no temporary file is left")
    while time.monotonic() < deadline and set(left()) - set(before):
        time.sleep(0.2)
    expect(not set(left()) - set(before), str(left()), "no process is left")


def spilled(tool):
    """Whether a process of the tool has a file without a name of more than a megabyte."""
    for process in subprocess.run(["pgrep", "-f", tool + " sql --memory-limit"], capture_output=True, text=True).stdout.split():
        folder = "/proc/%s/fd" % process
        try:
            for name in os.listdir(folder):
                status = os.stat(folder + "/" + name)
                if status.st_nlink == 0 and status.st_size > 4 << 20:
                    return True
        except OSError:
            pass
    return False


@test()
def odd_input_does_no_harm(screen):
    screen.ready()
    screen.keys("Tab", "C-r", "C-r", "BSpace", "Escape", "C-y", "C-t", "C-k", "Up", "Down", "C-_", "DC", "F5", "M-x")
    time.sleep(0.3)
    screen.paste("select 'tab\there', '\x1b[31m', '\u202e' as r")
    screen.wait("here")
    screen.line(" ;")
    screen.wait("1 row")
    screen.line("select 👩‍💻, e\u0301;".replace("👩‍💻", "'👩‍💻' as p").replace("e\u0301", "'e\u0301' as q"))
    screen.wait("│ 👩.* │ e\u0301")


def main():
    if shutil.which("tmux") is None:
        print("SKIPPED: there is no tmux")
        return 77
    tool = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2:]
    failed = 0
    try:
        for function, options in TESTS:
            if wanted and function.__name__ not in wanted:
                continue
            screen = None
            try:
                screen = Screen(tool, **options)
                function(screen)
                print("ok      %s" % function.__name__)
            except (AssertionError, OSError, RuntimeError) as error:
                failed += 1
                print("FAILED  %s: %s" % (function.__name__, error))
            finally:
                if screen is not None:
                    screen.close()
    finally:
        tmux("kill-server", check=False)
    print("%d failed" % failed if failed else "terminal: ok")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
