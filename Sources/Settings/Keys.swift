extension Key {
    /// Every key there is, in the order of the reference.
    static let all: [Key] = [
        .one(
            "data", \.data, .directory,
            "The directory of the database and the master key, as `latchkey init` makes it. `--data` stands above it."),
        .one(
            "domain", \.domain, .domain,
            "The organisation's domain. It is added to login names that come without one: `alice` is then `alice@example.com`."
        ),
        .one(
            "portal.listen", \.portal.listen, .address,
            "Where the portal listens for browsers, or for the reverse proxy that does TLS for it. Port 0 takes a free one."
        ),
        .one(
            "portal.url", \.portal.url, .url,
            "What browsers call the portal. Set-up links begin with it, and forms from any other origin are refused. Without it the portal serves its own machine only, as `http://localhost`."
        ),
        .list(
            "portal.trusted", \.portal.trusted, .network,
            "Networks of your own reverse proxies: the browser's address that they report (`X-Forwarded-For`) is believed. A proxy that is not among them looks like one visitor, who tries everybody's passwords."
        ),
        .one(
            "portal.fresh-sign-in", \.portal.freshSignIn, .number(1...60),
            "Minutes for which a sign-in with a passkey, key or code counts as fresh. Creating an app password and changing ways to sign in ask for a fresh one. Without it, 10."
        ),
        .one(
            "portal.idle", \.portal.idle, .number(5...1_440),
            "Minutes without a request after which a browser is signed out. Without it, 60."),
        .one(
            "portal.session-length", \.portal.sessionLength, .number(1...720),
            "Hours after which a browser is signed out, however busy it is. Without it, 24."),
        .one(
            "tls.certificate", \.tls.certificate, .file,
            "The certificate of the doors that encrypt, in PEM, followed by those that lead to its issuer. A renewed one is taken into use within seconds, or at once on SIGHUP."
        ),
        .one("tls.key", \.tls.key, .file, "The certificate's private key, in PEM, not encrypted."),
        .one(
            "doors.maximum-connections", \.doors.maximumConnections, .count,
            "Connections that each door's address takes at once; further ones are closed."),
        .one(
            "doors.maximum-connections-per-address", \.doors.maximumConnectionsPerAddress, .count,
            "The same for one address that connects (of IPv6, one /64)."),
        .list(
            "doors.http.listen", \.doors.http.listen, .addressOrSocket,
            "Where the HTTP door listens in the clear: keep it on this machine or behind a proxy. An empty list closes it."
        ),
        .list(
            "doors.http.tls-listen", \.doors.http.tlsListen, .address,
            "Where the HTTP door listens with TLS."),
        .list(
            "doors.http.proxies", \.doors.http.proxies, .network,
            "Networks of load balancers that begin each connection with a PROXY header (version 1 or 2), which tells whose it is."
        ),
        .list(
            "doors.http.trusted", \.doors.http.trusted, .network,
            "Networks of your own reverse proxies: they may ask `/auth/basic` and `/auth/nginx-mail` without a service token, and the client address they report is believed."
        ),
        .one(
            "doors.http.nginx-mail.imap", \.doors.http.nginxMail.imap, .endpoint,
            "The IMAP server that nginx's mail proxy sends people on to once Latchkey let them in. Without it nobody is let in through the proxy by IMAP."
        ),
        .one(
            "doors.http.nginx-mail.pop3", \.doors.http.nginxMail.pop3, .endpoint, "The same for POP3."),
        .one(
            "doors.http.nginx-mail.smtp", \.doors.http.nginxMail.smtp, .endpoint, "The same for SMTP."),
        .one(
            "doors.http.nginx-mail.master-password-file", \.doors.http.nginxMail.masterPasswordFile, .file,
            "A file of mode 0600 with the one password that these servers take from nginx for everybody. Without it nginx passes on what the client sent, and the servers ask Latchkey again."
        ),
        .list(
            "doors.dovecot.listen", \.doors.dovecot.listen, .addressOrSocket,
            "Where the Dovecot door listens for Postfix, Exim and other servers that ask a Dovecot auth service."),
        .one(
            "doors.dovecot.temporary-failure", \.doors.dovecot.temporaryFailure, .choice("way to fail"),
            "What a server is told when Latchkey cannot answer: `reply` says so as the protocol does, `close` hangs up, for servers that would take the reply for a wrong password, and `automatic` does what suits the server that asks."
        ),
        .one(
            "doors.dovecot.socket-group", \.doors.dovecot.socketGroup, .group,
            "The group that may use the Dovecot door's Unix sockets. Without it, the group that Latchkey runs in."),
        .list(
            "doors.saslauthd.listen", \.doors.saslauthd.listen, .socket,
            "Where the saslauthd door listens for servers with Cyrus SASL (Postfix, Cyrus IMAP, OpenLDAP): the `mux` socket that they would find saslauthd at."
        ),
        .one(
            "doors.saslauthd.realm", \.doors.saslauthd.realm, .choice("way with realms"),
            "What becomes of the realm that comes beside a login: `join` makes `alice@example.com` of `alice` and `example.com`, `ignore` takes the login alone, and `require` joins and refuses a name without a realm."
        ),
        .one(
            "doors.saslauthd.socket-group", \.doors.saslauthd.socketGroup, .group,
            "The group that may use the saslauthd door's sockets, such as `sasl`. Without it, the group that Latchkey runs in."
        ),
        .list(
            "doors.radius.listen", \.doors.radius.listen, .address("127.0.0.1:1812"),
            "Where the RADIUS door listens for Access-Requests over UDP. Write the address that the clients send to: an answer from `0.0.0.0` or `[::]` leaves by the address that the system chooses."
        ),
        .list(
            "doors.radius.tls-listen", \.doors.radius.tlsListen, .address("192.0.2.1:2083"),
            "Where the RADIUS door listens with TLS (RadSec), with the certificate of `tls.certificate`. Clients show one, too."
        ),
        .one(
            "doors.radius.client-issuers", \.doors.radius.clientIssuers, .file("/etc/latchkey/radius-clients.pem"),
            "The issuers of the certificates that clients show with TLS, in PEM."),
        .list(
            "doors.radius.clients.*.networks", of: \.doors.radius.clients, \.networks, .network,
            "Where this client's packets come from. Of several clients the one with the smallest network counts; others are not answered."
        ),
        .list(
            "doors.radius.clients.*.certificates", of: \.doors.radius.clients, \.certificates, .certificateName,
            "Subject alternative names of which this client's certificate has one. Without any, a client that comes with TLS is known by its address."
        ),
        .one(
            "doors.radius.clients.*.secret-file", of: \.doors.radius.clients, \.secretFile,
            .file("/etc/latchkey/office-wifi.secret"),
            "The file of the secret shared with this client: one line of at least 16 characters, not open to everybody. A client that comes with TLS only needs none."
        ),
        .one(
            "doors.radius.clients.*.service", of: \.doors.radius.clients, \.service, .service("vpn or wifi"),
            "The service that is signed in to through this client: app passwords must be allowed for it."),
        .one(
            "doors.radius.clients.*.require-message-authenticator", of: \.doors.radius.clients, \.messageAuthenticator,
            .choice("answer"),
            "Whether this client's requests over UDP must be signed with a Message-Authenticator. With `auto`, from the first on that is; with `no`, and before that, a request with a Proxy-State must be all the same (CVE-2024-3596). A wrong one is never let pass."
        ),
        .one(
            "doors.radius.clients.*.strip-domain", of: \.doors.radius.clients, \.stripDomain, .truth,
            "Whether `DOMAIN\\user`, as Windows clients send it, is `user`."),
        .one(
            "doors.radius.replies.*.vlan", of: \.doors.radius.replies, \.vlan, .number(1...4_094),
            "The VLAN that whoever signs in to this service is put into (Tunnel-Private-Group-ID with its type and medium)."
        ),
        .one(
            "doors.radius.replies.*.filter-id", of: \.doors.radius.replies, \.filterID, .attributeText,
            "The name of a filter that the client has (Filter-Id)."),
        .one(
            "doors.radius.replies.*.class", of: \.doors.radius.replies, \.class, .attributeText,
            "What the client repeats in its accounting (Class)."),
        .one(
            "doors.radius.replies.*.session-timeout", of: \.doors.radius.replies, \.sessionTimeout,
            .number(1...4_294_967_295),
            "Seconds after which the client asks again or ends the session (Session-Timeout)."),
        .one(
            "check.socket", \.check.socket, .socket,
            "Where the server listens for `latchkey check`. Without it, `latchkey.sock` in the data directory, which only root and Latchkey's own user can reach."
        ),
        .one(
            "check.socket-group", \.check.socketGroup, .group,
            "The group that may use that socket too. Without it, nobody but root and Latchkey's own user."),
        .list(
            "doors.ldap.listen", \.doors.ldap.listen, .address,
            "Where the LDAP door listens in the clear. Clients on other machines must use StartTLS, for which there must be a certificate: a password that crosses a network in the clear is refused."
        ),
        .list(
            "doors.ldap.tls-listen", \.doors.ldap.tlsListen, .address,
            "Where the LDAP door listens with TLS (`ldaps`, usually port 636)."),
        .list(
            "doors.ldap.proxies", \.doors.ldap.proxies, .network,
            "Networks of load balancers that begin each connection with a PROXY header (version 1 or 2), which tells whose it is."
        ),
        .one(
            "doors.ldap.base", \.doors.ldap.base, .baseDN,
            "What every name of the directory ends in. Without it, it is made of `domain`: `dc=example,dc=com` for `example.com`."
        ),
        .one(
            "doors.ldap.service", \.doors.ldap.service, .service("ldap"),
            "The service that an app password must be for when somebody binds under a name that tells none. A name with `app=imap` in it, such as `uid=alice,ou=people,app=imap,dc=example,dc=com`, tells its own."
        ),
        .one(
            "doors.ldap.anonymous-search", \.doors.ldap.anonymousSearch, .truth,
            "Whether people and groups may be searched by anybody who can connect, without a bind. Otherwise people see themselves and their own groups, and service accounts with `--read-directory` see all."
        ),
        .one(
            "sign-in.first-use-approval", \.signIn.firstUseApproval, .truth,
            "Whether an app password waits for its owner's yes, in the portal, before it is first used from a network (an IPv4 /24, an IPv6 /48, or an address that the server does not tell). Until then the app is told to try again later; after seven days without an answer the next try asks anew. Networks that were used before this was set need no yes."
        ),
        .one(
            "sign-in.codes-by-mail", \.signIn.codesByMail, .truth,
            "Whether people may have one-time codes mailed to a private mailbox as their second step, if they have neither a phone nor a key at hand. It is the weakest second step: it is not offered to accounts with a role, and no code goes to a domain that a login name here is of. It needs `mail.server`. When it is switched off again, whoever has no other second step needs a recovery code or a set-up link."
        ),
        .one(
            "sso.providers.*.title", of: \.sso.providers, \.title, .title,
            "What people call this OpenID Provider: it stands on the button that signs in through it. Without it, the provider's name here. The name stands in the redirect URI, `PORTAL/sign-in/callback/NAME`, which is registered with the provider."
        ),
        .one(
            "sso.providers.*.issuer", of: \.sso.providers, \.issuer, .issuer,
            "The provider's issuer, a slash at its end included. With `entra`, people of the `tenants` of Microsoft Entra sign in."
        ),
        .list(
            "sso.providers.*.tenants", of: \.sso.providers, \.tenants, .tenant,
            "Of Microsoft Entra with several tenants: those whose people may sign in. Nobody of another tenant may."),
        .one(
            "sso.providers.*.client-id", of: \.sso.providers, \.clientID,
            .providerWord("client id", "latchkey, as the provider has registered it"),
            "What the provider calls this portal."),
        .one(
            "sso.providers.*.client-secret-file", of: \.sso.providers, \.clientSecretFile,
            .file("/etc/latchkey/example-id.secret"),
            "A file with the client's secret, which only its owner may read."),
        .one(
            "sso.providers.*.authentication", of: \.sso.providers, \.authentication, .choice("way to authenticate"),
            "How the client's secret is sent: `basic` (client_secret_basic), `post` (client_secret_post), or `none` for a public client without a secret. PKCE is used in any case."
        ),
        .list(
            "sso.providers.*.scopes", of: \.sso.providers, \.scopes, .providerWord("scope", "email"),
            "What is asked for besides `openid`. Without any, `profile` and `email`. Some providers send groups only with a scope for them."
        ),
        .one(
            "sso.providers.*.ask-for-claims", of: \.sso.providers, \.asksForClaims, .truth,
            "Whether `auth_time` and `amr` are asked for by name (the `claims` parameter of OpenID Connect), which Google wants. A provider whose discovery document says that it understands this is asked so in any case."
        ),
        .one(
            "sso.providers.*.groups-claim", of: \.sso.providers, \.groupsClaim, .providerWord("claim", "groups"),
            "The claim of the ID token that lists a person's groups."),
        .list(
            "sso.providers.*.groups", of: \.sso.providers, \.groups, .groupPair,
            "Which of the provider's groups stand for which group here. At each sign-in the account joins and leaves exactly the groups named here; all others are let be."
        ),
        .list(
            "sso.providers.*.multi-factor-methods", of: \.sso.providers, \.multiFactorMethods,
            .providerWord("method", "mfa"),
            "Values of `amr` (RFC 8176) of which one says that there were several factors. Without any, `mfa`."),
        .list(
            "sso.providers.*.multi-factor-contexts", of: \.sso.providers, \.multiFactorContexts,
            .providerWord("context", "https://refeds.org/profile/mfa"),
            "Values of `acr` that say so. They are asked for with each sign-in."),
        .one(
            "sso.providers.*.single-factor", of: \.sso.providers, \.singleFactor, .choice("way with single factors"),
            "What becomes of a sign-in of which the provider does not say that there were several factors: `ask` has a second step follow here, as after a password, `refuse` lets nobody in, and `accept` trusts the provider as it is."
        ),
        .one(
            "sso.providers.*.create-accounts", of: \.sso.providers, \.createAccounts, .truth,
            "Whether somebody who comes for the first time gets an account. Its login name is their mail address, which the provider must call verified."
        ),
        .list(
            "sso.providers.*.allowed-domains", of: \.sso.providers, \.allowedDomains, .domain,
            "The domains of the mail addresses for which accounts are made. A provider that you do not run must not be able to name people of others."
        ),
        .one(
            "sso.providers.*.end-session", of: \.sso.providers, \.endSession, .truth,
            "Whether whoever came from this provider and signs out of the portal is led on to sign out there as well. The address to come back to, `PORTAL/sign-in`, is registered with the provider."
        ),
        .list(
            "notify.dovecot.url", \.notify.dovecot.url, .url,
            "The doveadm HTTP APIs of Dovecots that keep verdicts (`auth_cache_size`). When an app password or an account ends, they are told to forget its names."
        ),
        .one(
            "notify.dovecot.key-file", \.notify.dovecot.keyFile, .file,
            "A file with their `doveadm_api_key`, which only its owner may read."),
        .list(
            "notify.webhook.url", \.notify.webhook.url, .webhook,
            "Who else is told when an app password or an account ends: each gets a signed JSON text by POST, again until it answers 2xx, for a day at most."
        ),
        .one(
            "notify.webhook.secret-file", \.notify.webhook.secretFile, .file,
            "A file with the key that signs, `whsec_` and 24 to 64 octets in Base64, which only its owner may read."),
        .one(
            "mail.server", \.mail.server, .address("mail.example.com:587"),
            "The mail server that takes alerts to people, as host and submission port. Without it, nobody is told anything by mail."
        ),
        .one(
            "mail.encryption", \.mail.encryption, .choice("encryption"),
            "How the connection to it is encrypted: `starttls` asks for it and insists (usually port 587), `tls` begins with it (usually port 465), and `none` is for a server on this machine only. The certificate must be for the server's name."
        ),
        .one(
            "mail.issuers", \.mail.issuers, .file("/etc/latchkey/mail-issuers.pem"),
            "The issuers of its certificate that are believed, in PEM. Without it, the system's."),
        .one(
            "mail.user", \.mail.user, .credentialName,
            "The name that signs in to it. Without it, the server must take mail from this machine without a sign-in."),
        .one(
            "mail.password-file", \.mail.passwordFile, .file("/etc/latchkey/mail.password"),
            "A file with the password that signs in to it, which only its owner may read."),
        .one(
            "mail.from", \.mail.from, .mailAddress("latchkey@example.com"),
            "In whose name mail is sent; bounces go there, too."),
        .one(
            "mail.admin", \.mail.admin, .mailAddress("postmaster@example.com"),
            "Who is told of accounts whose login name is no mail address. Without it, nobody."),
        .one(
            "audit.durability", \.audit.durability, .choice("durability"),
            "When a sign-in is on the disk: `strict` before it is answered, `relaxed` at most 100 ms later."),
        .one(
            "log.level", \.log.level, .choice("log level"),
            "What is written to standard error: this level and graver ones."),
    ]
}
