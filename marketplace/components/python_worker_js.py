"""Python in the browser: the worker that runs it, and where the build puts it and what it loads.

The worker is a file of its own, so a content policy of its own holds in it: see ``api/security.python_policy``. It may
load these very files and nothing else, so neither a creator's tests nor what a learner pastes can reach the site.
"""

import hashlib
import json

VERSION = "314.0.7"  # of the npm package pyodide
FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")

_PAGES = 384 * 16  # of 64 kB: what Python may have of the browser's memory

_RUNNER = r"""
import builtins, linecache, sys, traceback

def _no_input(prompt=""):
    raise RuntimeError("input() isn't available here. Give the values to your function instead.")

builtins.input = _no_input
NAME = "your code"

def words(problem):
    if isinstance(problem, SystemExit):
        return "SystemExit: the program ended itself"
    return "".join(traceback.format_exception_only(problem)).strip()

def story(problem):
    told = traceback.TracebackException.from_exception(problem)
    told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if frame.filename == NAME])
    return "".join(told.format()).strip()

def work(source, calls, most, tell):
    linecache.cache[NAME] = (len(source), None, source.splitlines(True), NAME)
    space = {"__name__": "__main__", "__builtins__": builtins}
    failure = ""
    try:
        exec(compile(source, NAME, "exec"), space)
    except BaseException as problem:
        failure = words(problem)
        print(story(problem), file=sys.stderr)
    for key, call in calls:
        if failure:
            tell(key, "", failure)
            continue
        try:
            tell(key, repr(eval(compile(call, "test", "eval"), space))[: most + 1], "")
        except BaseException as problem:
            tell(key, "", words(problem)[:500])
    sys.stdout.flush()
    sys.stderr.flush()
    return failure
"""

WORKER = (
    r"""// Runs Python that people write, away from the page.
import { loadPyodide } from "./pyodide.mjs";

const RUNNER = """
    + json.dumps(_RUNNER)
    + r""";
const MOST_OUT = 20000;
const MOST_PAGES = """
    + str(_PAGES)
    + r""";

const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength / 65536 + pages > MOST_PAGES) throw new RangeError("No more memory for Python");
  return grow.call(this, pages);
};

let waiting = "";
let told = 0;
let sent = 0;
const decoder = new TextDecoder();
const flush = () => {
  if (waiting) postMessage({ kind: "out", text: waiting });
  waiting = "";
  sent = Date.now();
};
const write = (bytes) => {
  if (told < MOST_OUT) {
    const text = decoder.decode(bytes, { stream: true });
    waiting += text.slice(0, MOST_OUT - told);
    told += text.length;
    if (told >= MOST_OUT) { flush(); postMessage({ kind: "cut" }); }
    else if (Date.now() - sent > 80) flush();
  }
  return bytes.length;
};

const loading = (async () => {
  const python = await loadPyodide({ indexURL: new URL("./", import.meta.url).href, jsglobals: { Object } });
  python.setStdout({ write });
  python.setStderr({ write });
  python.runPython(RUNNER);
  return python.globals.get("work");
})();
loading.then(() => postMessage({ kind: "ready" }), (error) => postMessage({ kind: "broken", text: String(error) }));

onmessage = async ({ data }) => {
  const work = await loading;
  waiting = "";
  told = 0;
  postMessage({ kind: "started" });
  const tell = (id, value, error) => { flush(); postMessage({ kind: "case", id, value, error }); };
  try {
    const failure = work(data.code, data.calls, data.most, tell);
    flush();
    postMessage({ kind: "done", failed: failure !== "" });
  } catch (error) {
    flush();
    postMessage({ kind: "broken", text: String(error) });
  }
};
"""
)

FOLDER = f"python/{VERSION}-{hashlib.sha256(WORKER.encode()).hexdigest()[:8]}"
