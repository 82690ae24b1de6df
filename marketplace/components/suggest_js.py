"""What is suggested under the search box while somebody types: its code comes when the box gets the focus.

The box stays a plain form: without this, or before it runs, it searches all the same. With it the box is a combobox as
https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ has it: the focus stays in the box, arrows move through the list, Enter
goes to what is marked or searches for what is typed, Escape closes the list first. What was searched before is kept in
this browser alone.
"""

SCRIPT = """const SuggestList = lazy(() => import("$/late/suggest.jsx").catch(() => ({ default: () => null })));

function SuggestBox(props) {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const input = document.getElementById(props.target);
    if (!input || near) return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    const come = () => setNear(true);
    if (input === document.activeElement) come();
    input.addEventListener("focus", come);
    return () => input.removeEventListener("focus", come);
  }, [props.target, near]);
  return near ? jsx(Suspense, { fallback: null }, jsx(SuggestList, props)) : null;
}"""

SUGGEST_MODULE = """import { createElement as jsx, useEffect, useRef, useState } from "react";

const RECENT = "recent-searches";
const recentSearches = () => {
  try { return JSON.parse(localStorage.getItem(RECENT) || "[]").filter((one) => typeof one === "string").slice(0, 6); }
  catch { return []; }
};
const rememberSearch = (query) => {
  const typed = query.trim().slice(0, 200);
  if (!typed) return;
  const kept = [typed, ...recentSearches().filter((one) => one.toLowerCase() !== typed.toLowerCase())].slice(0, 6);
  try { localStorage.setItem(RECENT, JSON.stringify(kept)); } catch { /* no room, or not allowed */ }
};
const asRecent = () => recentSearches().map((query) => ({
  kind: "recent", label: query, note: "", href: "/search?q=" + encodeURIComponent(query),
}));
export default function SuggestList({ target, url, words }) {
  const [items, setItems] = useState([]);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const now = useRef({});
  now.current = { items, open, at };
  const id = target + "-suggestions";
  const go = (item) => {
    if (item.kind === "query" || item.kind === "recent") rememberSearch(item.label);
    setOpen(false);
    window.location.assign(item.href);
  };
  const clear = () => {
    try { localStorage.removeItem(RECENT); } catch { /* not allowed */ }
    setItems([]);
    setOpen(false);
    document.getElementById(target)?.focus();
  };
  useEffect(() => {
    const input = document.getElementById(target);
    if (!input) return;
    let timer, request;
    const show = (found) => { setItems(found); setAt(-1); setOpen(found.length > 0); };
    const ask = async () => {
      const typed = input.value;
      request?.abort();
      if (!typed.trim()) return show(asRecent());
      request = new AbortController();
      try {
        const answer = await fetch(url + "?q=" + encodeURIComponent(typed.slice(0, 200)), { signal: request.signal });
        const found = answer.ok ? (await answer.json()).items : [];
        if (document.activeElement === input && input.value === typed) show(found);
      } catch { /* typed on, or offline: the box still searches */ }
    };
    const type = () => { clearTimeout(timer); timer = setTimeout(ask, input.value.trim() ? 120 : 0); };
    const focus = () => { if (!input.value.trim()) show(asRecent()); };
    const leave = () => { clearTimeout(timer); setOpen(false); };
    const press = (event) => {
      const { items, open, at } = now.current;
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) return items.length ? setOpen(true) : type();
        const step = event.key === "ArrowDown" ? 1 : -1;
        setAt(at + step < -1 ? items.length - 1 : at + step >= items.length ? -1 : at + step);
      } else if (event.key === "Enter" && open && at >= 0) {
        event.preventDefault();
        go(items[at]);
      } else if (event.key === "Escape" && open) {
        event.preventDefault();
        setOpen(false);
        setAt(-1);
      }
    };
    const submit = () => rememberSearch(input.value);
    const form = input.form;
    input.addEventListener("input", type);
    input.addEventListener("focus", focus);
    input.addEventListener("blur", leave);
    input.addEventListener("keydown", press);
    form?.addEventListener("submit", submit);
    if (input === document.activeElement && input.value !== input.defaultValue) type();
    else if (input === document.activeElement) focus();
    return () => {
      clearTimeout(timer);
      request?.abort();
      input.removeEventListener("input", type);
      input.removeEventListener("focus", focus);
      input.removeEventListener("blur", leave);
      input.removeEventListener("keydown", press);
      form?.removeEventListener("submit", submit);
    };
  }, [target, url]);
  useEffect(() => {
    const input = document.getElementById(target);
    if (!input) return;
    input.setAttribute("aria-controls", id);
    input.setAttribute("aria-expanded", String(open));
    if (open && at >= 0) input.setAttribute("aria-activedescendant", id + "-" + at);
    else input.removeAttribute("aria-activedescendant");
  }, [target, open, at, id]);
  const named = { query: "", recent: words.recent, topic: words.topic, person: words.person, title: "" };
  return jsx("div", {
    className: "absolute inset-x-0 top-full z-30 mt-2 overflow-hidden rounded-card border border-line bg-surface " +
      "shadow-float max-sm:fixed max-sm:inset-x-2 max-sm:top-16 max-sm:mt-0" + (open ? "" : " hidden"),
    onMouseDown: (event) => event.preventDefault(),
    children: [
      jsx("ul", {
        key: "list", id, role: "listbox", "aria-label": words.label, className: "max-h-[70dvh] overflow-y-auto p-1.5",
        children: items.map((item, n) => jsx("li", {
          key: item.kind + item.href, id: id + "-" + n, role: "option", "aria-selected": n === at,
          className: "flex min-h-10 cursor-pointer items-center gap-3 rounded-control px-3 text-sm pointer-coarse:min-h-11 " +
            "aria-selected:bg-sunken hover:bg-sunken",
          onClick: () => go(item),
          children: [
            jsx("span", { key: "label", className: "min-w-0 grow truncate" + (item.kind === "title" ? " font-medium" : ""),
              children: item.label }),
            jsx("span", { key: "note", className: "max-w-[45%] shrink-0 truncate text-xs text-muted",
              children: item.note || named[item.kind] }),
          ],
        })),
      }),
      items.length && items[0].kind === "recent" ? jsx("button", {
        key: "clear", type: "button", onClick: clear, tabIndex: -1,
        className: "block min-h-10 w-full border-t border-line px-4 text-start text-xs font-semibold text-muted hover:text-ink",
        children: words.clear,
      }) : null,
      jsx("div", { key: "status", role: "status", className: "sr-only",
        children: open && items.length ? words.count.replace("{n}", items.length) : "" }),
    ],
  });
}"""
