"""Who is in the demo: creators, the accounts one signs in with, and the learners who bought something."""

from __future__ import annotations

from marketplace.demo.shapes import Account, Creator

CREATORS: tuple[Creator, ...] = (
    Creator(
        "mara",
        "Mara Lindqvist",
        "creator@example.com",
        "Potter. Everyday stoneware, taught slowly.",
        """\
I throw plates, bowls and mugs in a former bicycle shop by the harbour, six days a week, and have done so for
fourteen years. Before that I taught maths, which is where I learned that people rarely need a better
explanation. They need to see the *same* thing again, from the other side.

My lessons are short on purpose: **one movement each**, filmed from above and from the potter's seat. Watch,
throw five, watch again.

- Stoneware, fired to 1,240 °C in an electric kiln
- Everything works on a kick wheel too
- Questions under a lesson are answered on Mondays""",
        13,
        "us",
    ),
    Creator(
        "theo",
        "Théo Marchand",
        "theo@example.com",
        "Baker in Lyon. Long ferments, short lists of ingredients.",
        """\
Up at three, asleep by nine. I ran a village bakery for eleven years and now bake for two restaurants and teach
the rest of the week.

I weigh everything and I own no secret. Flour, water, salt, time: if your loaf didn't rise, we'll find out
**which of the four** it was.""",
        21,
        "fr",
    ),
    Creator(
        "aiko",
        "Aiko Tanabe",
        "aiko@example.com",
        "Watercolour and visible mending, from a small studio in Kanazawa.",
        """\
I paint landscapes in the morning and mend clothes in the afternoon. Both are about leaving things alone at the
right moment.

I trained as a textile designer and spent nine years drawing patterns for other people's kimonos. These days I
make work that shows how it was made: the drying line of a wash, the stitch that holds a knee together.""",
        2,
        "jp",
    ),
    Creator(
        "callum",
        "Callum Reid",
        "callum@example.com",
        "Luthier and player. I build guitars, then wear them out.",
        """\
Glasgow. I build four steel-string guitars a year and play most evenings, so my lessons come in two kinds:
**hands on strings** and **hands on wood**.

If you've been told that you need an expensive instrument, a tuned ear or a full workshop to begin, you were
told by somebody selling one.""",
        16,
        "gb",
    ),
    Creator(
        "nadia",
        "Nadia Haddad",
        "nadia@example.com",
        "Photographer and stubborn balcony gardener.",
        """\
I photograph gardens for magazines and grow my own on eleven square metres, four floors up, facing the wrong
way.

I teach what I use: manual exposure that becomes a habit, and plants that forgive. No gear lists, no perfect
light.""",
        7,
        "ca",
    ),
    Creator(
        "ravi",
        "Ravi Menon",
        "ravi@example.com",
        "Twenty years of other people's Python.",
        """\
I'm the person teams call when nobody dares to touch the code any more. Most of what I do isn't clever: I read
slowly, change one thing, and write down what I saw.

My lessons show real sessions with the wrong turns left in.""",
        11,
        "us",
    ),
    Creator(
        "juno",
        "Juno Okafor",
        "juno@example.com",
        "Weaver. First lessons this winter.",
        """\
I weave blankets on an eight-shaft loom that is older than I am. I'm filming my first lesson now: warping a
small frame loom at the kitchen table. Follow me and you'll hear when it is done.""",
        22,
        "gb",
    ),
)

ACCOUNTS: tuple[Account, ...] = (
    Account("learner@example.com", "Sam Rivera", 8),
    Account("moderator@example.com", "Ingrid Voss", 20, ("learner", "moderator")),
    Account("admin@example.com", "Dele Adeyemi", 4, ("learner", "admin")),
)

LEARNERS: tuple[Account, ...] = (
    Account("priya.nair@example.org", "Priya Nair", 10),
    Account("tom.becker@example.org", "Tom Becker", 14, country="de"),
    Account("lucia.fernandez@example.org", "Lucía Fernández", 5, country="es"),
    Account("hana.kim@example.com", "Hana Kim", 18, country="ca"),
    Account("marcus.bell@example.com", "Marcus Bell", 9),
    Account("eleanor.whitby@example.org", "Eleanor Whitby", 3, country="gb"),
    Account("jonas.falk@example.org", "Jonas Falk", 1, country="se"),
    Account("amara.diallo@example.com", "Amara Diallo", 12, country="fr"),
)
