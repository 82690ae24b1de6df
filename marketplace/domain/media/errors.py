"""Expected failures of media."""

from marketplace.errors import Conflict, Invalid, Missing, Unavailable


class VideoMissing(Missing):
    message = "That video is no longer at the video host. Upload it again."


class VideoQuotaReached(Unavailable):
    message = "The video host has no room left for uploads. The operator has to raise its plan; your draft is kept."


class FileMissing(Missing):
    message = "The upload didn't arrive. Choose the file again."


class FileTooLarge(Invalid):
    message = "That file is too large."


class NotAllowedFile(Invalid):
    message = "Files of this kind can't be added here."


class NotAVideo(Invalid):
    message = "That isn't a video file. MP4, MOV, WebM, MKV and AVI work."


class NotAnImage(Invalid):
    message = "That isn't an image we can read. JPEG, PNG, WebP and AVIF work."


class NotCaptions(Invalid):
    message = "Those captions can't be read. WebVTT (.vtt) and SubRip (.srt) work."


class UploadBusy(Conflict):
    message = "An upload is already running for this lesson."
