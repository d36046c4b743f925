"""`python -m demo.open_data PORT`: serve on that loopback port until SIGTERM."""

import signal
import sys
from http.server import ThreadingHTTPServer

from demo.open_data.serving import OpenDataHandler


def main(port: int) -> None:
    """Serve."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with ThreadingHTTPServer(("127.0.0.1", port), OpenDataHandler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
