import Crypto
import Foundation

/// nginx's own `auth_basic`, in front of the smallest answer that it has. It reads its file anew for each request, from the beginning to
/// the line it needs: a hundred lines flatter it.
struct NginxPeer: PeerServer {
    static let package = "nginx-light"
    static let program = "/usr/sbin/nginx"

    let accounts: Int

    var name: String { "nginx auth_basic, htpasswd {SHA}" }

    func start(in home: URL) throws -> (ServerProcess, Endpoint) {
        let endpoint = try Endpoint.freeTCP()
        var lines = ""
        for account in 0..<accounts {
            let digest = Insecure.SHA1.hash(data: Array(Seed.shown(account, 0).utf8))
            lines += "\(Seed.login(account)):{SHA}\(Data(Array(digest)).base64EncodedString())\n"
        }
        // Its worker is another user.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: home.path)
        try Data(lines.utf8).write(to: home.appending(path: "htpasswd"))
        let configuration = home.appending(path: "nginx.conf")
        try Data(text(home: home.path, endpoint).utf8).write(to: configuration)
        let process = try ServerProcess(
            Self.program, ["-c", configuration.path, "-p", home.path, "-e", "\(home.path)/error.log"], in: home)
        return (process, endpoint)
    }

    private func text(home: String, _ endpoint: Endpoint) -> String {
        """
        daemon off;
        worker_processes 1;
        pid \(home)/nginx.pid;
        error_log \(home)/error.log crit;
        events { worker_connections 1024; }
        http {
            access_log off;
            keepalive_requests 100000000;
            client_body_temp_path \(home)/body;
            proxy_temp_path \(home)/proxy;
            fastcgi_temp_path \(home)/fastcgi;
            uwsgi_temp_path \(home)/uwsgi;
            scgi_temp_path \(home)/scgi;
            server {
                listen \(endpoint.listenAddress);
                location = \(HTTPDialogue.path) {
                    auth_basic "Latchkey";
                    auth_basic_user_file \(home)/htpasswd;
                    empty_gif;
                }
            }
        }
        """
    }
}
