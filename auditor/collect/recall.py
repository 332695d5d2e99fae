"""Responses that a stopped run stored before it could note their visit: given again instead of asking the site.

Such are pages that were being drawn, and the data that they had been given by then.
"""

from __future__ import annotations

from auditor.archive.journal import SnapshotWriter
from auditor.collect.fetch import DONE, Answer, Request, Transport

_ANSWERED = range(200, 400)


class RecallingTransport:
    """A transport that looks into the archive first. What failed, was cut off or was asked in another way is asked."""

    def __init__(self, transport: Transport, writer: SnapshotWriter) -> None:
        """Take the transport that does ask, and where records are."""
        self._transport = transport
        self._writer = writer

    async def send(self, request: Request) -> Answer:
        """Return the stored response, else send the request."""
        return self._recall(request) or await self._transport.send(request)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._transport.close()

    def _recall(self, request: Request) -> Answer | None:
        if request.method != "GET" or request.family is not None:
            return None
        found = self._writer.recall_response(request.url)
        if found is None:
            return None
        head, payload = found
        if head.truncated or head.status not in _ANSWERED:
            return None
        return Answer(DONE, head.at, head.status, "", tuple(head.headers), payload)
