"""A volunteer's photo: drawn anew, so that nothing but the picture is kept."""

import io

from core.errors import InvalidInput

LARGEST = 10 * 1024 * 1024
"""Bytes that a telephone's photo may have."""
MIME = "image/jpeg"
_MOST_PIXELS = 60_000_000
"""More than any telephone takes; a small file can hide a picture that fills the memory."""
_LONGEST_SIDE = 2000
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def clean_photo(content: bytes) -> bytes:
    """
    The picture as JPEG of at most 2,000 pixels a side, turned upright.

    Place, time and camera (EXIF) are gone, and so is everything else that hid
    in the file. Takes a moment: call it in a thread. Raises `InvalidInput`
    for what is no picture or too large.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # seldom needed, slow to load

    if not content or len(content) > LARGEST:
        raise InvalidInput("photo", "claim.error.photo")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise InvalidInput("photo", "claim.error.photo")
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            drawn = Image.new("RGB", upright.size, "white")
            drawn.paste(upright.convert("RGB"))
            written = io.BytesIO()
            drawn.save(written, "JPEG", quality=_QUALITY)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise InvalidInput("photo", "claim.error.photo") from None
    return written.getvalue()
