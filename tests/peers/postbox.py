"""A mail server for tests: takes every mail and prints it as one line of JSON.

Usage: postbox.py PORT [REFUSALS]   the first REFUSALS mails are answered with 451, try again
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.controller import Controller


class Postbox:
    def __init__(self, refusals):
        self.refusals = refusals

    async def handle_DATA(self, server, session, envelope):
        if self.refusals > 0:
            self.refusals -= 1
            return "451 4.3.0 try again"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        letter = {
            "to": envelope.rcpt_tos,
            "from": mail["from"],
            "subject": mail["subject"],
            "text": parts.get("text/plain", ""),
            "html": parts.get("text/html", ""),
        }
        print(json.dumps(letter), flush=True)
        return "250 taken"


def main(port, refusals="0"):
    Controller(Postbox(int(refusals)), hostname="127.0.0.1", port=int(port)).start()
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
