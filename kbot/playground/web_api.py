"""`/api/<method>` as slack_sdk calls it: token, faults, scopes, the method, the log."""

import asyncio
import json
import time

from aiohttp import web

from kbot.playground.calls import METHODS, NORMAL, Args, Key, Method, Refused, need_scope
from kbot.playground.faults import Fault, Trouble
from kbot.playground.journal import Call, Direction
from kbot.playground.local import LocalSlack
from kbot.playground.methods import (  # noqa: F401 - each registers its methods
    assistant,
    chat,
    conversations,
    files,
    reactions,
    streaming,
    users,
    views,
)
from kbot.playground.world import Json

HANG_SECONDS = 60.0


class Dropped(Exception):
    """The connection is to be cut without an answer."""


class WebApi:
    def __init__(self, slack: LocalSlack, bot_token: str, app_token: str) -> None:
        self._slack = slack
        self._tokens = {Key.BOT: bot_token, Key.APP: app_token}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        slack = self._slack
        slack.last_call = time.monotonic()
        args, body_was_json = await _arguments(request)
        token = str(args.pop("token", "")) or request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = Call(name, args)
        slack.journal.calls.append(call)
        limited = slack.faults.still_limited(name)
        fault = None if limited else slack.faults.take(name)
        slack.calls_running += 1
        try:
            if limited:
                if slack.faults.was_known(name):
                    slack.journal.note("retry_after_ignored", name, f"called {limited:.1f} s too early", ok=False)
                return self._rate_limited(call, max(1, round(limited)))
            if fault is not None:
                early = await self._before(fault, call)
                if early is not None:
                    return early
            call.response = self._answer(name, Args(args), token, body_was_json)
            if fault is not None and fault.trouble is Trouble.DROP_AFTER:
                raise Dropped
        except Dropped:
            self._log(call, "the connection was cut on purpose", ok=False)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)
        finally:
            slack.calls_running -= 1
            slack.last_call = time.monotonic()
        self._log(call, _summary(call), ok=call.ok)
        headers = {"X-OAuth-Scopes": ",".join(sorted(slack.manifest.scopes))}
        return web.json_response(call.response, headers=headers)

    async def _before(self, fault: Fault, call: Call) -> web.Response | None:
        """What a fault does before the method: a different answer, or a wait."""
        match fault.trouble:
            case Trouble.DROP_BEFORE:
                raise Dropped
            case Trouble.HANG:
                await asyncio.sleep(fault.seconds if fault.seconds is not None else HANG_SECONDS)
                raise Dropped
            case Trouble.DELAY:
                await asyncio.sleep(fault.seconds or 0.5)
            case Trouble.SERVER_ERROR | Trouble.UNAVAILABLE:
                self._log(call, f"answered {fault.trouble} on purpose", ok=False)
                return web.Response(status=int(fault.trouble), text="an error on purpose")
            case Trouble.REFUSED:
                call.response = {"ok": False, "error": fault.error}
                self._log(call, f"refused on purpose: {fault.error}", ok=False)
                return web.json_response(call.response)
            case Trouble.RATE_LIMITED:
                self._slack.faults.limit(call.method, fault.retry_after)
                return self._rate_limited(call, fault.retry_after)
            case _:
                pass
        return None

    def _rate_limited(self, call: Call, seconds: int) -> web.Response:
        call.response = {"ok": False, "error": "ratelimited"}
        self._log(call, f"rate limited, retry after {seconds} s", ok=False)
        return web.json_response(call.response, status=429, headers={"Retry-After": str(seconds)})

    def _answer(self, name: str, args: Args, token: str, body_was_json: bool) -> Json:
        method = METHODS.get(name)
        try:
            if method is None:
                raise Refused("unknown_method", req_method=name)
            if method.key is not Key.NONE:
                self._authenticate(method, token)
            if body_was_json and not method.json:
                raise Refused("invalid_arguments", messages=[f"{name} does not read JSON bodies"])
            need_scope(self._slack, *method.scopes)
            return {"ok": True} | method.run(self._slack, args)
        except Refused as refusal:
            if refusal.error not in NORMAL:
                self._slack.journal.violation(refusal.noted_as, name, refusal.detail or refusal.error)
            return refusal.answer()

    def _authenticate(self, method: Method, token: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token not in self._tokens.values():
            raise Refused("invalid_auth")
        if token != self._tokens[method.key]:
            raise Refused("not_allowed_token_type")
        if not self._slack.installed:
            raise Refused("account_inactive")

    def _log(self, call: Call, summary: str, ok: bool) -> None:
        detail = {"args": call.args, "response": call.response}
        self._slack.journal.add(Direction.FROM_APP, call.method, summary, detail, ok)


async def _arguments(request: web.Request) -> tuple[Json, bool]:
    """Query, form or JSON; and whether there was a JSON body."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        raw = await request.text()
        try:
            parsed = json.loads(raw) if raw else {}
        except ValueError:
            parsed = {}
        if isinstance(parsed, dict):
            args |= parsed
        return args, bool(raw)
    if request.method == "POST":
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return args, False


def _summary(call: Call) -> str:
    """One line for the log: where to, and what was said."""
    response = call.response or {}
    if not call.ok:
        return f"refused: {response.get('error')}"
    parts = [str(call.args[name]) for name in ("channel", "user", "user_id", "name") if call.args.get(name)]
    text = call.args.get("text") or call.args.get("markdown_text")
    if text:
        parts.append(str(text).replace("\n", " ")[:100])
    return " ".join(parts) or "ok"
