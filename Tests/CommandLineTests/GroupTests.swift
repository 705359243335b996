import Foundation
import Testing

struct GroupTests {
    private let place: Place

    init() throws {
        place = try Place()
        for login in ["alice", "bob"] { #expect(try place.run("account", "add", login).code == 0) }
        let made = try place.run(
            "group", "add", "Wiki-Editors", "--description", "Who may edit\u{7} the wiki", "--json")
        #expect(try made.object()["name"] as? String == "wiki-editors")
        #expect(try made.object()["description"] as? String == "Who may edit the wiki")
    }

    private func actions() throws -> [String] {
        try place.run("audit", "list", "--json").objects().compactMap { $0["action"] as? String }
            .filter { $0.hasPrefix("group.") }.reversed()
    }

    @Test("an account belongs to a group from the command that adds it to the one that removes it")
    func members() throws {
        let added = try place.run("group", "add-member", "wiki-editors", "alice", "--json")
        #expect(try added.object()["members"] as? [String] == ["alice@example.com"])
        #expect(try place.run("group", "add-member", "wiki-editors", "bob@example.com").code == 0)
        let again = try place.run("group", "add-member", "wiki-editors", "bob")
        #expect(again.code == 0 && again.output == "bob@example.com belongs already to wiki-editors.\n")
        let shown = try place.run("group", "show", "wiki-editors", "--json").object()
        #expect(shown["members"] as? [String] == ["alice@example.com", "bob@example.com"])
        #expect(try place.run("account", "show", "alice", "--json").object()["groups"] as? [String] == ["wiki-editors"])
        #expect(try place.run("account", "show", "alice").output.contains("groups: wiki-editors\n"))

        #expect(try place.run("group", "remove-member", "wiki-editors", "alice").code == 0)
        let absent = try place.run("group", "remove-member", "wiki-editors", "alice")
        #expect(absent.code == 1 && absent.errorLines.count == 1)
        #expect(try place.run("account", "show", "alice", "--json").object()["groups"] as? [String] == [])
        #expect(
            try actions() == [
                "group.created", "group.member-added", "group.member-added", "group.member-removed",
            ])
    }

    @Test("a group is listed, described anew, and deleted only when that is meant; its members stay")
    func life() throws {
        #expect(try place.run("group", "add", "admins").code == 0)
        #expect(try place.run("group", "add-member", "wiki-editors", "alice").code == 0)
        #expect(try place.run("group", "describe", "wiki-editors", "Editors").code == 0)
        let listed = try place.run("group", "list", "--json").objects()
        #expect(listed.compactMap { $0["name"] as? String } == ["admins", "wiki-editors"])
        #expect(listed.last?["description"] as? String == "Editors")
        #expect(try place.run("group", "list").output.contains("wiki-editors  1        Editors"))

        #expect(try place.run("group", "delete", "wiki-editors").code == 1)
        #expect(try place.run("group", "delete", "wiki-editors", "--yes").code == 0)
        #expect(try place.run("group", "list", "--json").objects().count == 1)
        #expect(try place.run("account", "show", "alice", "--json").object()["groups"] as? [String] == [])
        #expect(try actions().suffix(2) == ["group.changed", "group.deleted"])
    }

    @Test(
        "what cannot be done is told in one line",
        arguments: [
            ["group", "add", "wiki-editors"], ["group", "add", "the wiki"], ["group", "add", "a,b"],
            ["group", "show", "nobody"], ["group", "add-member", "nobody", "alice"],
            ["group", "add-member", "wiki-editors", "carol"], ["group", "delete", "nobody", "--yes"],
        ])
    func problems(arguments: [String]) throws {
        let outcome = try Program.run(arguments + ["--data", place.data])
        #expect(outcome.code == 1 && outcome.output.isEmpty && outcome.errorLines.count == 1, "\(outcome.errors)")
    }

    @Test("a service token reads the directory only if it was made to")
    func readDirectory() throws {
        #expect(try place.run("service-token", "create", "nginx", "--service", "imap").code == 0)
        let made = try place.run("service-token", "create", "nextcloud", "--read-directory", "--json")
        #expect(try made.object()["reads_directory"] as? Bool == true)
        let listed = try place.run("service-token", "list", "--json").objects()
        #expect(listed.compactMap { $0["reads_directory"] as? Bool } == [false, true])
        #expect(try place.run("service-token", "list").output.contains(#/nextcloud +any +reads /#))
        let latest = try place.run("audit", "list", "--action", "service-token.issued", "--json").objects().first
        #expect(latest?["detail"] as? String == "nextcloud, may read the directory")
    }
}
