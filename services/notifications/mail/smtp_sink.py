"""A real SMTP server for the tests: keeps each mail that it takes as a file in a folder.

Usage: smtp_sink.py FOLDER. Writes the port that it listens on to FOLDER/port. Refuses
recipients that begin with "nobody" for good and with "later" for now.
Exits with 3 if aiosmtpd is not installed.
"""

import asyncio
import email
import email.policy
import os
import sys

try:
    from aiosmtpd.smtp import SMTP
except ImportError:
    sys.exit(3)


def write(folder, name, text):
    """Writes a file that is either whole or not there."""
    path = os.path.join(folder, name)
    with open(path + ".part", "w", encoding="utf-8") as out:
        out.write(text)
    os.rename(path + ".part", path)


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 there is no nobody@ here"
        if address.startswith("later"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.count += 1
        lines = [
            envelope.mail_from,
            " ".join(envelope.rcpt_tos),
            mail["Message-ID"],
            mail["Subject"],
            mail.get_content().replace("\r\n", "\n"),
        ]
        write(self.folder, f"{self.count:06}.mail", "\n".join(lines))
        return "250 taken"


async def main(folder):
    sink = Sink(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.test"), "127.0.0.1", 0)
    write(folder, "port", str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(main(sys.argv[1]))
