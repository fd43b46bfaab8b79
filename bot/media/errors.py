"""What can go wrong with a member's picture or sound, or a provider's clip.

MediaError
├── PictureError
│   ├── NotAPicture          no kind of picture at all
│   ├── UnsupportedPicture   a picture (or video) of a kind we do not take
│   ├── DamagedPicture       truncated or corrupt
│   ├── PictureTooHeavy      too many bytes
│   ├── PictureTooBig        too many pixels
│   ├── PictureTooSmall      a side too short
│   ├── PictureTooNarrow     a side many times the other
│   └── PictureTooHard       decoding took too much time or memory, or broke the decoder
├── SoundError
│   ├── NotASound            no kind of sound we take, or a video
│   ├── DamagedSound         truncated, corrupt, or too hard to decode
│   ├── SoundTooHeavy        too many bytes
│   └── SoundTooShort        not a second long
├── ClipError
│   ├── NotPlayable          no whole clip that decodes
│   │   └── ClipTooHard      whole perhaps, and more than is decoded here
│   └── CannotFit            not even the smallest version is small enough
├── ClipUnavailable          (each names the host, and no more of the link)
│   ├── LinkRefused          the link breaks our rules: never try it again
│   ├── LinkDead             this link is over: the provider may give a new one
│   ├── DownloadFailed       something on the way: try again
│   └── ClipTooHeavy         too many bytes
└── ChildOverran             a child process was stopped (none of the above functions lets it out)
"""


class MediaError(Exception):
    """Anything this package may raise."""


class PictureError(MediaError):
    """The picture cannot be used."""


class NotAPicture(PictureError):
    """The bytes are no picture, whatever the file is called."""


class UnsupportedPicture(PictureError):
    """The file is of a kind we know and do not take."""

    def __init__(self, format: str) -> None:
        super().__init__(f"{format} is not taken")
        self.format = format
        """As people call it: "TIFF", "SVG", "video"."""


class DamagedPicture(PictureError):
    """The picture begins like one and cannot be read to its end."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        """The decoder's words, for the operator's log."""


class PictureTooHeavy(PictureError):
    """The file has too many bytes."""

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"{size_bytes} bytes, at most {limit_bytes}")
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class _WrongSize(PictureError):
    def __init__(self, width: int, height: int) -> None:
        super().__init__(f"{width} × {height} pixels")
        self.width = width
        self.height = height


class PictureTooBig(_WrongSize):
    """The picture has too many pixels, in all or along one side."""


class PictureTooSmall(_WrongSize):
    """A side of the picture has too few pixels."""


class PictureTooNarrow(_WrongSize):
    """One side of the picture is too many times the other."""


class PictureTooHard(PictureError):
    """Decoding hit a limit of time or memory, or the decoder died."""


class SoundError(MediaError):
    """The sound cannot be used."""


class NotASound(SoundError):
    """The bytes are no sound of a kind we take, whatever the file is called."""


class DamagedSound(SoundError):
    """The sound begins like one and cannot be decoded."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        """The decoder's words, for the operator's log."""


class SoundTooHeavy(SoundError):
    """The file has too many bytes."""

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"{size_bytes} bytes, at most {limit_bytes}")
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class SoundTooShort(SoundError):
    """The sound is over too soon."""

    def __init__(self, seconds: float, least_seconds: float) -> None:
        super().__init__(f"{seconds:.2f} s, at least {least_seconds} s")
        self.seconds = seconds
        self.least_seconds = least_seconds


class ClipError(MediaError):
    """The clip cannot be used."""


class NotPlayable(ClipError):
    """The file is no clip that decodes from its first to its last frame."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        """What was found, for the operator's log."""


class ClipTooHard(NotPlayable):
    """The clip is too long or too large, or decoding it took too much time or memory.

    Elsewhere it may play very well.
    """


class CannotFit(ClipError):
    """Not even the smallest version of the clip is small enough."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"no version of at most {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class ClipUnavailable(MediaError):
    """The clip did not come to our disk."""

    def __init__(self, host: str, detail: str) -> None:
        super().__init__(f"{host}: {detail}")
        self.host = host
        """Of the link that failed, a redirect's perhaps; "?" where it is malformed."""
        self.detail = detail
        """For the operator's log; never the link, which may be signed."""


class LinkRefused(ClipUnavailable):
    """The link, or a redirect of it, leads where we do not go."""


class LinkDead(ClipUnavailable):
    """The host says that the link is over; a fresh poll may bring a new one."""

    def __init__(self, host: str, status: int) -> None:
        super().__init__(host, f"status {status}")
        self.status = status


class DownloadFailed(ClipUnavailable):
    """The network or the host failed; the same link may work later."""


class ClipTooHeavy(ClipUnavailable):
    """The clip has too many bytes, or claims to."""

    def __init__(self, host: str, limit_bytes: int) -> None:
        super().__init__(host, f"more than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class ChildOverran(MediaError):
    """A child process ran too long or said too much, and was stopped."""
