"""How texts look in a SCORM package, which has no stylesheet but its own."""

STYLE = """\
math { font-size: 1.1em; } .maths, .md-table { overflow-x: auto; } .sr-only { position: absolute; clip-path: inset(50%); }
img { max-width: 100%; height: auto; border-radius: 8px; } figure { margin: 1rem 0; }
figcaption, .code-name, .footnotes { font-size: .875rem; color: #6d675e; } .code-name { margin: 0; }
.callout { padding: .75rem 1rem; border-left: 3px solid #1d5684; background: #e6f0f8; border-radius: 8px; margin: 1rem 0; }
.callout > p { margin: .25rem 0; } .callout-title, summary { font-weight: 600; } summary { cursor: pointer; }
.callout-tip { border-color: #1e6637; background: #e5f2e6; } .callout-warning { border-color: #7d4c00; background: #fbf0d8; }
.callout-caution { border-color: #ad2a1f; background: #fbebe8; }
.callout-important { border-color: #0f6b4f; background: #e3f0ea; }
.c-key { color: #0f6b4f; font-weight: 600; } .c-text { color: #7d4c00; } .c-name { color: #1d5684; }
.c-num { color: #ad2a1f; } .c-note { color: #6d675e; font-style: italic; }
.to-right { text-align: end; } .to-center { text-align: center; }
.task { list-style: none; } .task-box::before { content: "\\2610\\A0"; } .task-done::before { content: "\\2611\\A0"; }
details { border: 1px solid #e6e0d6; border-radius: 8px; padding: .6rem 1rem; margin: .75rem 0; }
.tabs { display: flex; flex-wrap: wrap; border: 1px solid #e6e0d6; border-radius: 8px; margin: 1rem 0; }
.tabs > input { position: absolute; opacity: 0; } .tabs > label { order: 1; padding: .6rem 1rem; cursor: pointer; }
.tabs > input:checked + label { font-weight: 600; box-shadow: inset 0 -2px #0f6b4f; }
.tabs > input:focus-visible + label { outline: 2px solid #0f6b4f; outline-offset: -2px; }
.tab { order: 2; display: none; width: 100%; padding: 0 1rem; border-top: 1px solid #e6e0d6; }
.tabs > input:checked + label + .tab { display: block; }
@media print { .tab { order: 1; display: block; } details::details-content { content-visibility: visible; block-size: auto; } }
"""
