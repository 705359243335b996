"""nginx as a web server, with what a test puts into its `http` block."""

from pathlib import Path

from processes import Program, find_program, is_listening

CONFIGURATION = """\
daemon off;
user nobody nogroup;
worker_processes 1;
pid {place}/nginx.pid;
error_log stderr notice;
events {{}}
http {{
  access_log off;
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
{servers}
}}
"""


class Nginx:
    def __init__(self, place: Path, port: int, servers: str):
        """`servers` listen on `port` of this machine."""
        self.port = port
        self.place = place / "nginx"
        self.place.mkdir()
        self.configuration = self.place / "nginx.conf"
        self.configuration.write_text(CONFIGURATION.format(place=self.place, servers=servers))

    def __enter__(self):
        command = [find_program("nginx", "nginx-light"), "-p", str(self.place), "-c", str(self.configuration)]
        self.program = Program(command, self.place / "nginx.log")
        self.program.await_ready(lambda: is_listening(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()
