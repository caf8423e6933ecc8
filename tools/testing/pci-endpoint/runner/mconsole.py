# SPDX-License-Identifier: GPL-2.0
"""UML's management console: works while the guest's userland does not."""

import os
import socket
import struct

# arch/um/drivers/mconsole.h
MAGIC, VERSION, MAX = 0xcafebabe, 2, 512


def command(path, text, timeout=0.5):
    """Send one command, return the answer or None."""
    name = "%s.%d" % (path, os.getpid())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        try:
            sock.bind(name)
            sock.sendto(struct.pack("=III%ds" % MAX, MAGIC, VERSION, len(text), text.encode()), path)
            answer = sock.recv(1 << 16)
        except OSError:
            return None
        finally:
            if os.path.exists(name):
                os.unlink(name)
    return answer[12:].rstrip(b"\0").decode(errors="replace")
