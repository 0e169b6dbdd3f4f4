"""files.*: the three steps of an upload, and files.info."""

import secrets

from kbot.playground.calls import Args, Refused, joined, method
from kbot.playground.local import LocalSlack
from kbot.playground.world import BOT_ID, BOT_USER, Json, Message, Upload


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(slack: LocalSlack, args: Args) -> Json:
    size = args.number("length", 0)
    if size < 1:
        raise Refused("invalid_arguments", messages=["length must be at least 1"])
    upload = Upload(f"F0{slack.world.number():06d}", args.text("filename"), size)
    slack.world.uploads[upload.id] = upload
    address = f"{slack.url}/upload/{upload.id}?key={secrets.token_hex(8)}"
    return {"upload_url": address, "file_id": upload.id}


@method("files.completeUploadExternal", "files:write", json=True)
def complete_upload(slack: LocalSlack, args: Args) -> Json:
    uploads = []
    for entry in args.json("files") or []:
        upload = slack.world.uploads.get(entry.get("id", ""))
        if upload is None or upload.content is None:
            raise Refused("file_not_found")
        if len(upload.content) != upload.size:
            raise Refused("file_upload_size_restricted", "the length announced was another")
        upload.title = entry.get("title") or upload.name
        uploads.append(upload)
    if not uploads:
        raise Refused("invalid_arguments", messages=["files is empty"])
    shapes = [file_shape(upload) for upload in uploads]
    if args.maybe("channel_id"):
        channel = joined(slack, args, "channel_id")
        for upload in uploads:
            upload.shared = True
        slack.post(
            Message(
                channel.id,
                slack.world.new_ts(),
                BOT_USER,
                args.text("initial_comment", ""),
                thread_ts=args.maybe("thread_ts"),
                subtype="file_share",
                bot_id=BOT_ID,
                files=shapes,
            )
        )
    return {"files": shapes}


@method("files.info", "files:read")
def files_info(slack: LocalSlack, args: Args) -> Json:
    upload = slack.world.uploads.get(args.text("file"))
    if upload is None:
        raise Refused("file_not_found")
    return {"file": file_shape(upload)}


def file_shape(upload: Upload, user: str = BOT_USER) -> Json:
    ending = upload.name.rsplit(".", 1)[-1] if "." in upload.name else "binary"
    return {
        "id": upload.id,
        "created": 1_760_000_000,
        "timestamp": 1_760_000_000,
        "name": upload.name,
        "title": upload.title or upload.name,
        "mimetype": "application/octet-stream",
        "filetype": ending,
        "pretty_type": ending.upper(),
        "user": user,
        "size": upload.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": True,
        "url_private": f"https://files.slack.com/files-pri/T0HARBOR-{upload.id}/{upload.name}",
        "permalink": f"https://harbor.slack.com/files/{user}/{upload.id}/{upload.name}",
    }
