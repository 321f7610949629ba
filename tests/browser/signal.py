"""The network between a phone and the station, which comes and goes as a story wants it."""

import contextlib
import socket
import threading
import time
from urllib.parse import urlsplit


class Signal:
    """A way to the server at `behind`: open at first."""

    def __init__(self, behind: str) -> None:
        self._server = (str(urlsplit(behind).hostname), int(urlsplit(behind).port or 80))
        self._there = self._hears = True
        self._delay_seconds = 0.0
        self._open: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def goes(self) -> None:
        """No signal at all."""
        self._there = False
        self._hang_up()

    def returns(self) -> None:
        self._there = self._hears = True
        self._delay_seconds = 0.0
        self._hang_up()

    def swallows_answers(self) -> None:
        """What the phone sends still arrives, but no answer comes back."""
        self._hears = False

    def is_slow(self, seconds: float) -> None:
        """Each answer comes so much later."""
        self._delay_seconds = seconds

    def close(self) -> None:
        self.goes()
        self._door.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _address = self._door.accept()
            except OSError:
                return
            if not self._there:
                phone.close()
                continue
            server = socket.create_connection(self._server)
            self._open |= {phone, server}
            threading.Thread(target=self._carry, args=(phone, server), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, phone, True), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket, answers: bool = False) -> None:
        try:
            while said := here.recv(65536):
                if answers and self._delay_seconds:
                    time.sleep(self._delay_seconds)
                if answers and not self._hears:
                    break
                there.sendall(said)
        except OSError:
            pass
        for end in (here, there):
            _end(end)
            self._open.discard(end)

    def _hang_up(self) -> None:
        for end in list(self._open):
            _end(end)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
