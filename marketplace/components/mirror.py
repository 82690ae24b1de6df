"""A hidden field of a form that says what stands in a field of another one."""

from __future__ import annotations

import reflex as rx

_MIRROR = """function Mirror({ of, name, value }) {
  const box = useRef(null);
  useEffect(() => {
    const follow = () => {
      const field = document.getElementById(of);
      if (field && box.current) box.current.value = field.value;
    };
    follow();
    document.addEventListener("input", follow);
    return () => document.removeEventListener("input", follow);
  });
  return <input type="hidden" ref={box} name={name} defaultValue={value} />;
}"""


class Mirror(rx.Component):
    """``of`` is the other field's id. Where there is none, ``value`` is what it says."""

    tag = "Mirror"

    of: rx.Var[str]
    name: rx.Var[str]
    value: rx.Var[str]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [_MIRROR]


def mirror(of: str, name: str, value: rx.Var) -> rx.Component:
    return Mirror.create(of=of, name=name, value=value)
