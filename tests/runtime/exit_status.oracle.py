"""exit_status.oracle.py - exit statuses when streams cannot be written to, and starts in odd locales."""
import os
import subprocess
import sys

PROGRAMS = {
    "print": "print(1)",
    "closed stdout": "import os; os.close(1); print(1)",
    "error": "1 / 0",
    "closed stderr": "import os; os.close(2); 1 / 0",
    "stderr.close()": "import sys; sys.stderr.close(); 1 / 0",
    "told": "import os, sys; os.close(2); sys.exit('told')",
    "no newline": "import os, sys; os.close(2); sys.stderr.write('text')",
    "bytes": "import os, sys; os.close(2); sys.stderr.buffer.write(b'text')",
    "no streams": "import sys; sys.stdout = sys.stderr = None; print(1); 1 / 0",
    "unraisable": "import os\nclass A:\n  def __del__(self): 1 / 0\nos.close(2)\nA()",
    "names": "import sys; print(sys.getfilesystemencoding(), sys.stdin.encoding, sys.stdout.errors, sys.stderr.encoding, "
             "sys.flags.utf8_mode, ascii(sys.argv[1:]))",
}
LOCALES = [{}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"LC_ALL": "nowhere"},
           {"PYTHONIOENCODING": "latin-1:replace"}, {"PYTHONUNBUFFERED": "1"}, {"PYTHONUTF8": "1", "LC_ALL": "C"}]

clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))}
clean["PYTHONPYCACHEPREFIX"] = os.path.abspath("cache")
for title, text in PROGRAMS.items():
    for locale in LOCALES:
        done = subprocess.run([sys.executable, "-c", text, "arg", b"\xc3\xa9\xff"], env={**clean, **locale}, capture_output=True)
        print(title, locale, done.returncode, done.stdout, done.stderr)
for stream in ("stdout", "stderr"):
    for title in ("print", "error", "told", "names"):
        with open("/dev/full", "w") as full:
            done = subprocess.run([sys.executable, "-c", PROGRAMS[title]], env=clean, **{stream: full})
        print(title, stream, "full", done.returncode)
