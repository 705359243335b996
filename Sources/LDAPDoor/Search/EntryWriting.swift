extension Entry {
    /// Appends the entry as a response to the search `id` (RFC 4511 §4.5.2).
    func write(id: Int32, _ selection: Selection, typesOnly: Bool, in tree: Tree, to writer: inout BERWriter) {
        writer.write(BERTag.sequence) { message in
            message.write(id)
            message.write(0x64) { entry in
                entry.write(tree.name(of: place))
                entry.write(BERTag.sequence) { list in
                    for (type, values) in attributes where selection.contains(type, of: place) {
                        list.write(BERTag.sequence) { attribute in
                            attribute.write(type.rawValue)
                            attribute.write(BERTag.set) { set in
                                guard !typesOnly else { return }
                                for value in values { set.write(value.text(in: tree)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
