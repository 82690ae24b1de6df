"""What the demo's course says of mixing a glaze."""

GLAZE = """\
A dip is three seconds. What makes it come out the same next month is the bucket: how much powder, how much water, and
that you wrote it down.

![A mug with a pulled handle on a wooden board](picture:@throw-a-mug-with-a-pulled-handle "The mug of week 3. Weigh the \
cup of glaze before it goes in, not after.")

## The recipe is in percent
A recipe's base always adds up to 100. Colourants come on top, so the sum may be 108, and that is right.[^1]

| Material | Percent | For 2 kg of powder |
|---|--:|--:|
| Potash feldspar | 40 | 800 g |
| Silica | 30 | 600 g |
| Whiting | 20 | 400 g |
| Kaolin | 10 | 200 g |
| *plus* tin oxide | 8 | 160 g |

To make another amount, take each material's percent $p$ of the powder $m$ that you want:

$$
m_i = m \\cdot \\frac{p_i}{100}
$$

So whiting at 20 % of 1.5 kg is $1500 \\cdot \\frac{20}{100} = 300$ g.

> [!warning] Powder belongs in the bucket, not in your lungs
> Wear a mask, pour slowly, and wipe the table with a wet sponge. Never sweep.

## Water: weigh a full cup
Fill a 100 ml cup to the brim with stirred glaze and weigh what is in it. That is its *specific gravity*,
$\\rho = \\frac{m}{V}$, and it decides how thick three seconds are.

:::tabs
:::tab Stoneware, cone 6
Aim for **142 to 145 g** in the cup. Dip for three seconds.

- Too thick? Add water by the spoon and weigh again.
- Too thin? Let it stand overnight and take clear water off the top.
:::tab Porcelain, cone 10
Aim for **138 to 140 g**: porcelain drinks less. Dip for two seconds.

- The foot stays bare for 4 mm: this glaze moves.
:::tab Bisque that is too hard
It hardly drinks at all. Warm the pot to about 60 °C in an oven first, and let the glaze be thicker: **150 g**.
:::

## Before you dip
- [x] Bisque wiped with a damp sponge
- [x] Glaze stirred, sieved and weighed
- [ ] Foot waxed
- [ ] A place to put the wet pot down

> [!note]
> A drip that dried is not the end. Rub it flat with a dry finger; fired, nobody will find it.

## Do you still know?
:::flashcards
:::card What does a recipe's base add up to?
To **100**. Colourants come on top.
:::card 35 % feldspar: how much for 800 g of powder?
$800 \\cdot \\frac{35}{100} = 280$ g.
:::card What weighs 143 g?
100 ml of a stoneware glaze that is ready to dip: $\\rho = 1.43$.
:::card Why wipe the bisque?
Dust makes the glaze crawl.
:::

:::reveal Your cup says 156 g. What do you do?
It is too thick: add water. For a bucket of 5 litres at $\\rho = 1.56$, the way down to 1.43 takes about 1.5 litres. Add
one, stir, weigh, and only then the rest.
:::

[^1]: Some books bring everything to 100 again. Then no two recipes can be compared any more.
"""
