"""Draws the app's icons from the shape of static/img/icon.svg: `python -m local.icons`. What it draws is committed."""

from PIL import Image, ImageDraw

from local.paths import ROOT

FOLDER = ROOT / "static" / "img" / "app"
VOLT, INK, STAGE, WHITE = "#c9f24b", "#241b2c", "#301253", "#ffffff"
GRID = 32  # the picture's own units
FINE = 4  # drawn so many times larger, then made smooth
TILT = 8  # degrees


def ticket(size: int, share: float, paper: str, ink: str | None) -> Image.Image:
    """A ticket on nothing, as wide as `share` of the picture. Without ink the perforation is a gap."""
    unit = size * FINE / GRID
    picture = Image.new("RGBA", (size * FINE, size * FINE))
    draw = ImageDraw.Draw(picture)
    clear = (0, 0, 0, 0)

    def at(*numbers: float) -> list[float]:
        return [GRID * unit / 2 + (number - GRID / 2) * unit * share for number in numbers]

    draw.rounded_rectangle(at(2, 7, 30, 25), radius=2 * unit * share, fill=paper)
    for middle in (7, 25):
        draw.ellipse(at(18, middle - 3, 24, middle + 3), fill=clear)
    for top in (11.25, 14.75, 18.25):
        draw.rectangle(at(20, top, 22, top + 2.5), fill=ink or clear)
    return picture.rotate(TILT, resample=Image.Resampling.BICUBIC)


def icon(size: int, share: float, corner: float) -> Image.Image:
    """The ticket on the night sky; `corner` is the radius of its corners as a share of the size."""
    picture = Image.new("RGBA", (size * FINE, size * FINE))
    box = (0, 0, size * FINE - 1, size * FINE - 1)
    ImageDraw.Draw(picture).rounded_rectangle(box, radius=corner * size * FINE, fill=STAGE)
    picture.alpha_composite(ticket(size, share, VOLT, INK))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def badge(size: int) -> Image.Image:
    """For the status bar of a phone, which takes its outline alone."""
    return ticket(size, 1, WHITE, None).resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures = {
        "icon-192": icon(192, 0.8, 0.2),
        "icon-512": icon(512, 0.8, 0.2),
        "maskable-512": icon(512, 0.62, 0),  # all within the middle four fifths, which is never cut off
        "touch-180": icon(180, 0.78, 0),
        "badge-96": badge(96),
    }
    for name, picture in pictures.items():
        picture.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
