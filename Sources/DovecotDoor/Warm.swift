import NIOCore

enum Warm {}
